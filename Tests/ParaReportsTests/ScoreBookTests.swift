import Foundation
import ParaScoring
import Testing

@testable import ParaReports

@Suite struct ScoreBookTests {
  private let book: ScoreBook

  init() throws {
    var book = ScoreBook()
    let f1 = try Metric(named: "f1")
    for (row, score) in [0.5, 0.7].enumerated() {
      book.add(
        .number(score), row: row, of: f1, .init(task: "qa", adapter: "none", metric: "f1"))
    }
    book.add(
      .number(1), row: 0, of: try Metric(named: "numeric"),
      .init(task: "math", adapter: "lora", metric: "numeric"))
    self.book = book
  }

  @Test func scoresAreKeptByTaskAdapterAndMetric() throws {
    let entries = try book.entries()
    #expect(entries.map(\.key.task) == ["math", "qa"])
    #expect(entries.map(\.score.rows) == [1, 2])
  }

  /// What is no mean is computed from all rows, in their order whatever the order of completion.
  @Test func aggregationsSeeRowsInOrder() throws {
    let bleu = try MetricDefinition.named("bleu", of: .texts, isOfEvaluate: false).metric()
    let texts = ["the cat sat on the mat today", "a dog"]
    let items = try texts.map {
      try #require(
        try bleu.item(of: Outcome(.texts([$0]), references: ["the cat sat on the mat"])))
    }
    var (book, reversed) = (ScoreBook(), ScoreBook())
    let key = ScoreBook.Key(task: "t", adapter: "none", metric: "bleu")
    for row in [0, 1] { book.add(items[row], row: row, of: bleu, key) }
    for row in [1, 0] { reversed.add(items[row], row: row, of: bleu, key) }
    let entry = try #require(try book.entries().first)
    #expect(try reversed.entries().first?.score == entry.score)
    #expect(entry.score.value == (try bleu.aggregate(items))?.value)
    #expect(!entry.score.isFraction && entry.score.rows == 2)
  }

  /// Of a single score there is no standard error, and the key is left out.
  @Test func theFileHasMeansErrorsAndIntervals() throws {
    let data = try JSONEncoder().encode(ScoreFile(book))
    let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let scores = try #require(file["scores"] as? [[String: Any]])
    #expect(scores.map { $0["metric"] as? String } == ["numeric", "f1"])
    #expect(scores[0]["standard_error"] == nil)
    #expect(scores[1]["rows"] as? Int == 2)
    #expect(scores[1]["value"] as? Double == 0.6)
    // The sample deviation of 0.5 and 0.7 is 0.1414, over √2.
    let error = try #require(scores[1]["standard_error"] as? Double)
    #expect(abs(error - 0.1) < 1e-12)
    #expect((scores[1]["confidence_interval_95"] as? [Double])?.count == 2)
  }
}
