import Foundation
public import ParaScoring

/// A run's scores by task, adapter and metric.
public struct ScoreBook: Sendable {
  /// What a score belongs to.
  public struct Key: Sendable, Hashable, Comparable {
    public var task: String
    public var adapter: String
    public var metric: String

    public init(task: String, adapter: String, metric: String) {
      self.task = task
      self.adapter = adapter
      self.metric = metric
    }

    public static func < (a: Key, b: Key) -> Bool {
      (a.task, a.adapter, a.metric) < (b.task, b.adapter, b.metric)
    }
  }

  /// A score of all rows.
  public struct Entry: Sendable, Equatable {
    public var rows: Int
    /// Nil without rows.
    public var value: Double?
    public var standardError: Double?
    public var confidenceInterval: ClosedRange<Double>?
    /// Whether it is a mean of scores from 0 to 1, which are displayed times 100.
    public var isFraction: Bool
  }

  /// Means of scores from 0 to 1 need no rows.
  private var distributions: [Key: ScoreDistribution] = [:]
  private var others: [Key: (metric: Metric, items: [(row: Int, item: MetricItem)])] = [:]

  public init() {}

  /// - Parameters:
  ///   - row: The row's number: aggregations see rows in their order.
  public mutating func add(_ item: MetricItem, row: Int, of metric: Metric, _ key: Key) {
    if case .number(let score) = item, metric.aggregation.name == "mean", (0...1).contains(score) {
      distributions[key, default: ScoreDistribution()].insert(score)
    } else {
      others[key, default: (metric, [])].items.append((row, item))
    }
  }

  /// Sorted by task, adapter and metric, so that the order of completion does not matter.
  ///
  /// - Throws: `ScoringError` for rows that an aggregation can make nothing of.
  public func entries() throws -> [(key: Key, score: Entry)] {
    let means = distributions.map { key, scores in
      (
        key,
        Entry(
          rows: scores.count, value: scores.mean, standardError: scores.standardError,
          confidenceInterval: scores.confidenceInterval, isFraction: true)
      )
    }
    let rest = try others.map { key, found in
      let items = found.items.sorted { $0.row < $1.row }.map(\.item)
      let summary = try found.metric.aggregate(items)
      return (
        key,
        Entry(
          rows: items.count, value: summary?.value, standardError: summary?.standardError,
          confidenceInterval: nil, isFraction: false)
      )
    }
    return (means + rest).sorted { $0.0 < $1.0 }
  }
}

/// `scores.json`: per task, adapter and metric the value, its standard error, the 95 % confidence interval of means of
/// scores from 0 to 1, and the number of rows.
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

  public init(_ book: ScoreBook) throws {
    scores = try book.entries().map { key, score in
      Entry(
        task: key.task, adapter: key.adapter, metric: key.metric, rows: score.rows,
        value: score.value, standardError: score.standardError,
        confidenceInterval: score.confidenceInterval.map { [$0.lowerBound, $0.upperBound] })
    }
  }
}

/// A run's scores as a table for the terminal: a line per task, adapter and metric; scores from 0 to 1 times 100.
public struct ScoreTable: CustomStringConvertible {
  private let lines: [[String]]

  public init(_ book: ScoreBook) throws {
    lines =
      [["task", "adapter", "metric", "rows", "score", "95 % interval"]]
      + (try book.entries()).map { key, score in
        [
          key.task, key.adapter, key.metric, String(score.rows),
          score.isFraction ? Self.percent(score.value) : Self.number(score.value),
          score.confidenceInterval.map {
            "\(Self.percent($0.lowerBound)) – \(Self.percent($0.upperBound))"
          } ?? "",
        ]
      }
  }

  private static func percent(_ value: Double?) -> String {
    value.map { String(format: "%.1f", $0 * Metric.displayScale) } ?? "–"
  }

  private static func number(_ value: Double?) -> String {
    value.map { String(format: "%.4g", $0) } ?? "–"
  }

  /// Empty if nothing was scored.
  public var description: String {
    guard lines.count > 1 else { return "" }
    return TextTable(lines, [.left, .left, .left, .right, .right, .right]).description
  }
}
