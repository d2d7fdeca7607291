import Foundation
public import ParaScoring

/// A run's scores by task, adapter and metric.
public struct ScoreBook: Sendable {
  /// What a distribution of scores belongs to.
  public struct Key: Sendable, Hashable {
    public var task: String
    public var adapter: String
    public var metric: String

    public init(task: String, adapter: String, metric: String) {
      self.task = task
      self.adapter = adapter
      self.metric = metric
    }
  }

  private var distributions: [Key: ScoreDistribution] = [:]

  public init() {}

  public mutating func add(_ score: Double, task: String, adapter: String, metric: String) {
    distributions[Key(task: task, adapter: adapter, metric: metric), default: ScoreDistribution()]
      .insert(score)
  }

  public subscript(key: Key) -> ScoreDistribution? { distributions[key] }

  /// Sorted by task, adapter and metric, so that the order of completion does not matter.
  public var entries: [(key: Key, scores: ScoreDistribution)] {
    distributions.map { ($0.key, $0.value) }.sorted {
      ($0.key.task, $0.key.adapter, $0.key.metric) < ($1.key.task, $1.key.adapter, $1.key.metric)
    }
  }
}

/// `scores.json`: per task, adapter and metric the mean, its standard error and 95 % confidence
/// interval, all 0…1, and the number of rows.
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

/// A run's scores as a table for the terminal: a line per task, adapter and metric, times 100.
public struct ScoreTable: CustomStringConvertible {
  private let lines: [[String]]

  public init(_ book: ScoreBook) {
    lines =
      [["task", "adapter", "metric", "rows", "score", "95 % interval"]]
      + book.entries.map { key, distribution in
        [
          key.task, key.adapter, key.metric, String(distribution.count),
          Self.percent(distribution.mean),
          distribution.confidenceInterval.map {
            "\(Self.percent($0.lowerBound)) – \(Self.percent($0.upperBound))"
          } ?? "",
        ]
      }
  }

  private static func percent(_ value: Double?) -> String {
    value.map { String(format: "%.1f", $0 * Metric.displayScale) } ?? "–"
  }

  /// Empty if nothing was scored.
  public var description: String {
    guard lines.count > 1 else { return "" }
    return TextTable(lines, [.left, .left, .left, .right, .right, .right]).description
  }
}
