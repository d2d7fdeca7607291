import ParaScoring
import Testing

@testable import ParaReports

@Suite struct TextTableTests {
  @Test func columnsAreAlignedAndLinesEndWithoutSpaces() {
    let table = TextTable([["model", "1"], ["kv cache", "250"], ["", "3"]], [.left, .right])
    #expect(
      table.description == """
        model       1
        kv cache  250
                    3
        """)
    #expect(TextTable([["a", "b"], ["aaa", ""]], [.left, .left]).description == "a    b\naaa")
    #expect(TextTable([], [.left]).description == "")
  }

  /// Scores of 0 and 1, so the interval is Wilson's: 3 of 4 with z = 1.96 gives 30.1 to 95.4.
  @Test func scoresArePercentagesSortedByTaskAndAdapter() throws {
    var book = ScoreBook()
    let (em, f1) = (try Metric(named: "em"), try Metric(named: "f1"))
    for (row, score) in [1.0, 0, 1, 1].enumerated() {
      book.add(.number(score), row: row, of: em, .init(task: "qa", adapter: "none", metric: "em"))
    }
    book.add(.number(0.5), row: 0, of: f1, .init(task: "math", adapter: "lora", metric: "f1"))
    let lines = try ScoreTable(book).description.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0] == "task  adapter  metric  rows  score  95 % interval")
    #expect(lines[1].hasPrefix("math  lora     f1         1   50.0  "))
    #expect(lines[2] == "qa    none     em         4   75.0    30.1 – 95.4")
    #expect(try ScoreTable(ScoreBook()).description.isEmpty)
  }
}
