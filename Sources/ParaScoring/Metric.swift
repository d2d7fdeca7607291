/// How well answers are, row by row and together.
///
/// A row gives a ``MetricItem``; an ``Aggregation`` makes one value of all rows' items. Text is compared
/// as Python compares it, code point by code point, so that values equal the official scripts'.
///
/// ``MetricDefinition/all`` lists the metrics; each is defined in its own file under `Metrics`.
public struct Metric: Sendable {
  public let name: String
  /// What it measures.
  public let output: Outcome.Kind
  /// Whether every row's score is 0 or 1.
  public let isBinary: Bool
  public let higherIsBetter: Bool
  /// How rows' items become one value.
  public private(set) var aggregation: Aggregation
  /// Scores of 0 to 1 are displayed times this, as published scores are.
  public static let displayScale = 100.0

  private let find: ItemOfOutcome

  typealias ItemOfOutcome = @Sendable (Outcome) throws(ScoringError) -> MetricItem?

  init(
    _ definition: MetricDefinition, aggregation: Aggregation, find: @escaping ItemOfOutcome
  ) {
    name = definition.name
    output = definition.output
    isBinary = definition.isBinary
    higherIsBetter = definition.higherIsBetter
    self.aggregation = aggregation
    self.find = find
  }

  /// What a row gives; nil for a row without label, which is left out of the score.
  ///
  /// - Throws: ``ScoringError`` for a row that cannot be scored: a right choice that is none of the
  ///   choices, NaN, a query of reference that fails.
  public func item(of outcome: Outcome) throws(ScoringError) -> MetricItem? {
    guard outcome.output.kind == output else {
      throw ScoringError(
        .outputMismatch,
        "\(name) scores \(output.rawValue); the row has \(outcome.output.kind.rawValue).")
    }
    return try find(outcome)
  }

  /// The value of all rows' items, in the rows' order; nil without any.
  ///
  /// - Throws: ``ScoringError`` with the code `unusableItems`, such as for three classes where an
  ///   aggregation knows two.
  public func aggregate(_ items: [MetricItem]) throws(ScoringError) -> MetricSummary? {
    items.isEmpty ? nil : try aggregation.summary(of: items)
  }

  /// The same metric with another way to one value.
  ///
  /// - Throws: ``ScoringError`` with the code `unusableItems` if the aggregation takes other items.
  public func aggregated(by aggregation: Aggregation) throws(ScoringError) -> Metric {
    // Options may have shaped the one of this name, as `average` does.
    if aggregation.name == self.aggregation.name { return self }
    let itemKind = self.aggregation.itemKind
    guard aggregation.itemKind == itemKind else {
      let fitting = Aggregation.all.filter { $0.itemKind == itemKind }.map(\.name)
      throw ScoringError(
        .unusableItems,
        """
        The aggregation \(aggregation.name) takes \(aggregation.itemKind.rawValue); \(name) gives \
        \(itemKind.rawValue), for \(fitting.joined(separator: ", ")).
        """)
    }
    var metric = self
    metric.aggregation = aggregation
    return metric
  }

  /// The score of a text against the best of its references.
  ///
  /// - Throws: ``ScoringError`` with the code `noReferences` if there are none.
  public func score(prediction: String, references: [String]) throws(ScoringError) -> Double {
    let outcome = Outcome(.texts([prediction]), references: references)
    guard let score = try item(of: outcome)?.number else {
      throw ScoringError(
        .noReferences, "\(name) needs at least one reference; leave rows without out of scoring.")
    }
    return score
  }
}

extension Outcome.Output {
  var kind: Outcome.Kind {
    switch self {
    case .texts: .texts
    case .choices: .choices
    case .logLikelihood: .logLikelihood
    case .rolling: .rolling
    }
  }
}

/// A metric or filter that does not exist, or that cannot be applied.
public struct ScoringError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// No metric, aggregation or filter has the name.
    case unknownMetric, unknownAggregation, unknownFilter
    /// There is no option of a name that was given.
    case unknownOption
    /// An option has a value that it cannot have, or lacks one that it needs.
    case unusableOption
    /// A prediction has no reference to be compared with.
    case noReferences
    /// The metric does not score what the row was asked for.
    case outputMismatch
    /// A row's right answer cannot be right, or its numbers cannot be compared.
    case unusableRow
    /// Rows' items from which the aggregation can compute nothing.
    case unusableItems
    /// Two runs cannot be paired.
    case unpairedScores
  }

  public let code: Code
  /// One sentence: what is wrong and what to do.
  public let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
