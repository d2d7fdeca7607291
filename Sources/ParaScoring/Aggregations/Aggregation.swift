internal import Foundation

/// How the items of all rows become one value, by lm-evaluation-harness's names.
///
/// Sums are those of Python: plain, in the rows' order.
public struct Aggregation: Sendable {
  public let name: String
  let itemKind: MetricItem.Kind
  private let value: @Sendable ([MetricItem]) throws(ScoringError) -> Double
  private let standardError: (@Sendable ([MetricItem]) -> Double?)?
  private let details: (@Sendable ([MetricItem]) -> [MetricSummary.Detail])?

  init(
    _ name: String, of itemKind: MetricItem.Kind,
    standardError: (@Sendable ([MetricItem]) -> Double?)? = nil,
    details: (@Sendable ([MetricItem]) -> [MetricSummary.Detail])? = nil,
    value: @escaping @Sendable ([MetricItem]) throws(ScoringError) -> Double
  ) {
    self.name = name
    self.itemKind = itemKind
    self.value = value
    self.standardError = standardError
    self.details = details
  }

  /// Every aggregation there is.
  public static let all: [Aggregation] = [
    .mean, .nanMean, .median, .max, .perplexity, .weightedPerplexity, .bitsPerByte, .binaryF1,
    .macroF1,
    .matthewsCorrelation, .brierScore, .bleu, .chrf, .chrfWithWords, .ter, .squadV2,
  ]

  /// - Throws: ``ScoringError`` with the code `unknownAggregation`, listing the known ones.
  public static func named(_ name: String) throws(ScoringError) -> Aggregation {
    guard let aggregation = all.first(where: { $0.name == name }) else {
      let names = all.map(\.name).joined(separator: ", ")
      throw ScoringError(
        .unknownAggregation, "There is no aggregation \"\(name)\"; known are \(names).")
    }
    return aggregation
  }

  func summary(of items: [MetricItem]) throws(ScoringError) -> MetricSummary {
    MetricSummary(
      value: try value(items), standardError: standardError?(items), count: items.count,
      details: details?(items) ?? [])
  }
}

/// What a metric is over all rows.
public struct MetricSummary: Sendable, Hashable {
  public struct Detail: Sendable, Hashable {
    public let name: String
    public let value: Double
  }

  public let value: Double
  /// Of a mean: the sample standard deviation over √n. Nil for one row, and for an aggregation that has no
  /// formula for it, for which the harness draws bootstrap samples.
  public let standardError: Double?
  /// The rows that were scored.
  public let count: Int
  /// Further values, such as SQuAD 2.0's by kind of question.
  public let details: [Detail]
}

extension Aggregation {
  static let mean = Aggregation("mean", of: .number, standardError: meanError) { items in
    mean(numbers(items))
  }

  /// The mean without NaN; NaN if there is nothing else.
  static let nanMean = Aggregation("nanmean", of: .number) { items in
    mean(numbers(items).filter { !$0.isNaN })
  }

  /// The upper one of two middle values, as in the harness.
  static let median = Aggregation("median", of: .number) { items in
    numbers(items).sorted()[items.count / 2]
  }

  static let max = Aggregation("max", of: .number) { items in numbers(items).max() ?? .nan }

  /// e to the negative mean of log-probabilities.
  static let perplexity = Aggregation("perplexity", of: .number) { items in
    exp(-mean(numbers(items)))
  }

  static let weightedPerplexity = Aggregation("weighted_perplexity", of: .weighted) { items in
    exp(-weightedMean(items))
  }

  static let bitsPerByte = Aggregation("bits_per_byte", of: .weighted) { items in
    -weightedMean(items) / log(2)
  }

  static func numbers(_ items: [MetricItem]) -> [Double] { items.compactMap(\.number) }

  static func mean(_ numbers: [Double]) -> Double {
    numbers.reduce(0, +) / Double(numbers.count)
  }

  private static func meanError(_ items: [MetricItem]) -> Double? {
    let numbers = numbers(items)
    guard numbers.count > 1 else { return nil }
    let mean = mean(numbers)
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(numbers.count - 1)).squareRoot() / Double(numbers.count).squareRoot()
  }

  private static func weightedMean(_ items: [MetricItem]) -> Double {
    var (sum, weights) = (0.0, 0.0)
    for case .weighted(let part, let weight) in items {
      sum += part
      weights += weight
    }
    return sum / weights
  }

  /// The rows' counts, summed place by place.
  static func counts(_ items: [MetricItem]) -> [Double] {
    var sums: [Double] = []
    for case .counts(let counts) in items {
      sums = sums.isEmpty ? counts : zip(sums, counts).map(+)
    }
    return sums
  }
}
