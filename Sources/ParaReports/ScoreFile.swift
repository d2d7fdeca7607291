import ParaScoring

/// `scores.json`: per task, adapter and metric the mean, its standard error and 95 % interval, all
/// 0…1, and the rows.
public struct ScoreFile: Encodable, Sendable {
  struct Entry: Encodable {
    var task: String
    var adapter: String
    var metric: String
    var rows: Int
    var value: Double?
    var standardError: Double?
    var confidenceInterval: [Double]?

    enum CodingKeys: String, CodingKey {
      case task, adapter, metric, rows, value
      case standardError = "standard_error"
      case confidenceInterval = "confidence_interval_95"
    }
  }

  private let scores: [Entry]

  public init(_ book: ScoreBook) {
    scores = book.entries.map { key, distribution in
      Entry(
        task: key.task, adapter: key.adapter, metric: key.metric, rows: distribution.count,
        value: distribution.mean, standardError: distribution.standardError,
        confidenceInterval: distribution.confidenceInterval.map { [$0.lowerBound, $0.upperBound] })
    }
  }
}
