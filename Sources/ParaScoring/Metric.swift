/// How well a prediction answers a question, given the right answers (references).
///
/// Scores are 0 to 1, higher is better, and the best reference counts. Text is compared as Python
/// compares it, code point by code point, so that scores equal the official scripts'.
///
/// ``MetricDefinition/all`` lists the metrics; each is defined in its own file under `Metrics`.
public struct Metric: Sendable {
  public let name: String
  /// Whether every score is 0 or 1.
  public let isBinary: Bool
  /// Scores are displayed times this, as published scores are.
  public static let displayScale = 100.0

  private let best: @Sendable (_ prediction: String, _ references: [String]) -> Double

  /// True for every metric so far; comparisons must not assume it.
  public var higherIsBetter: Bool { true }

  /// The score of a prediction against the best of its references.
  ///
  /// - Throws: ``ScoringError`` with code `noReferences` if there are none.
  public func score(
    prediction: String, references: [String]
  ) throws(ScoringError) -> Double {
    guard !references.isEmpty else {
      throw ScoringError(
        .noReferences, "\(name) needs at least one reference; leave rows without out of scoring.")
    }
    return best(prediction, references)
  }

  init(
    _ name: String, isBinary: Bool,
    best: @escaping @Sendable (_ prediction: String, _ references: [String]) -> Double
  ) {
    self.name = name
    self.isBinary = isBinary
    self.best = best
  }

  /// A metric of 0 or 1: whether prediction and a reference are equal after normalization.
  ///
  /// - Parameter normalize: What is compared of a text; nil if nothing in it can be, which is wrong.
  static func equality<Answer: Equatable & SendableMetatype>(
    _ name: String, normalizedBy normalize: @escaping @Sendable (String) -> Answer?
  ) -> Metric {
    Metric(name, isBinary: true) { prediction, references in
      guard let predicted = normalize(prediction) else { return 0 }
      return references.contains { normalize($0) == predicted } ? 1 : 0
    }
  }
}

/// A metric that does not exist or cannot be applied.
public struct ScoringError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// No metric has the name.
    case unknownMetric
    /// The metric has no option of a name that was given.
    case unknownOption
    /// A prediction has no reference to be compared with.
    case noReferences
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
