import Foundation
import ParaScoring
import Testing

@testable import ParaReports

@Suite struct ScoreBookTests {
  private var book: ScoreBook {
    var book = ScoreBook()
    for score in [0.5, 0.7] { book.add(score, task: "qa", adapter: "none", metric: "f1") }
    book.add(1, task: "math", adapter: "lora", metric: "numeric")
    return book
  }

  @Test func scoresAreKeptByTaskAdapterAndMetric() {
    #expect(book.entries.map(\.key.task) == ["math", "qa"])
    let key = ScoreBook.Key(task: "qa", adapter: "none", metric: "f1")
    #expect(book[key]?.count == 2)
    #expect(book[ScoreBook.Key(task: "qa", adapter: "none", metric: "em")] == nil)
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
