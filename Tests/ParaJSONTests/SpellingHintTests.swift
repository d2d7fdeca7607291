import Testing

@testable import ParaJSON

@Suite("SpellingHint")
struct SpellingHintTests {
  @Test(
    "the distance is Levenshtein's",
    arguments: [
      ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("same", "same", 0),
      ("flaw", "lawn", 2), ("ab", "ba", 2),
    ])
  func distance(left: String, right: String, expected: Int) {
    #expect(SpellingHint.distance(left, right) == expected)
    #expect(SpellingHint.distance(right, left) == expected)
  }

  @Test("offers only what is near")
  func nearness() {
    #expect(SpellingHint.nearest(to: "tasq", among: ["model", "tasks"]) == "tasks")
    #expect(SpellingHint.nearest(to: "quantisation", among: ["model", "tasks"]) == nil)
    #expect(SpellingHint.nearest(to: "x", among: []) == nil)
  }
}
