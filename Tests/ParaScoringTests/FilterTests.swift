import ParaJSON
import Testing

@testable import ParaScoring

@Suite struct FilterTests {
  @Test func filtersGiveWhatTheHarnesssGive() throws {
    let golden = try MetricGoldens.read("filters")
    for each in golden["cases"].list {
      let chain = try FilterChain(
        each["pipeline"].list.map { (function: $0[0].text, options: $0[1].options) })
      let answers = each["answers"].texts
      guard each["result"] != .null else {
        // Where the harness ends in an IndexError.
        #expect(throws: ScoringError.self) {
          try chain.apply(to: answers, choices: golden["choices"].texts)
        }
        continue
      }
      let result = try chain.apply(to: answers, choices: golden["choices"].texts)
      #expect(result == [each["result"].text], "\(each["pipeline"]) of \(answers)")
    }
  }

  private func message(_ steps: (function: String, options: MetricOptions)...) -> String? {
    #expect(throws: ScoringError.self) { try FilterChain(steps) }?.message
  }

  @Test func whatIsNotUnderstoodIsRefused() {
    #expect(
      message(("regexp", [:]))
        == "There is no filter \"regexp\"; known are format_span, lowercase, majority_vote, map, "
        + "multi_choice_regex, regex, remove_whitespace, take_first, take_first_k, uppercase.")
    #expect(
      message(("custom", [:]))?.hasPrefix("The filter \"custom\" is a Python function;") == true)
    #expect(
      message(("regex", ["pattern": "a"]))
        == "The filter regex has no option \"pattern\"; its options: regex_pattern, group_select, "
        + "fallback.")
    #expect(
      message(("regex", ["regex_pattern": "("]))?
        .hasPrefix("The option 'regex_pattern' of the filter regex cannot be used: ") == true)
    #expect(
      message(("take_first_k", [:]))
        == "The option 'k' of the filter take_first_k is a number of answers, at least 1.")
    #expect(
      message(("map", ["mapping_dict": .object(JSONObject())]))
        == "The option 'default_value' of the filter map is needed for answers that mapping_dict "
        + "lacks.")
    #expect(
      message(("take_first", [:]), ("regex", [:]))
        == "The filter regex stands behind take_first, where the harness gives it the answer's "
        + "characters one by one; write take_first last.")
  }

  @Test func rowsThatAFilterCannotTakeAreErrors() throws {
    let few = try FilterChain([("take_first_k", ["k": 3])])
    let error = #expect(throws: ScoringError.self) { try few.apply(to: ["a", "b"]) }
    #expect(error?.code == .unusableRow)
    #expect(
      error?.message
        == "take_first_k takes 3 answers and the row has 2; set the task's 'repeats' to at least 3."
    )
    let far = try FilterChain([("regex", ["regex_pattern": "a", "group_select": 1])])
    #expect(throws: ScoringError.self) { try far.apply(to: ["a"]) }
    #expect(try far.apply(to: ["aa", "b"]) == ["a", "[invalid]"])
    let choices = try FilterChain([("multi_choice_regex", [:])])
    #expect(throws: ScoringError.self) { try choices.apply(to: ["a"]) }
  }

  @Test func answersThatOnlyLookAlikeAreTwo() throws {
    let vote = try FilterChain([("majority_vote", [:])])
    let winner = try vote.apply(to: ["e\u{301}", "\u{E9}", "\u{E9}"])
    #expect(winner.map { Array($0.utf8) } == [Array("\u{E9}".utf8)])
  }
}
