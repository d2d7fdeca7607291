/// A measure of how well a prediction answers a question, given the answers that are right.
///
/// | name | scores | known from |
/// |---|---|---|
/// | `f1` | overlap of normalised words | SQuAD v1.1 |
/// | `em` | whether the normalised words are equal | SQuAD v1.1 |
/// | `f1_em` | the mean of both | |
/// | `exact_match` | whether the texts are equal, but for ``MetricOptions`` | lm-evaluation-harness |
/// | `acc`, `accuracy` | whether the labels are equal without case and outer white space | |
/// | `numeric` | whether the numbers arrived at are equal | GSM8K |
/// | `sql_exact` | whether the queries are equal without case and white space | WikiSQL |
///
/// Scores are 0 to 1, higher is better, and the best reference counts. Text is compared as
/// Python compares it, code point by code point, so that scores equal the official scripts'.
public struct Metric: Sendable {
  public let name: String
  /// Whether every score is 0 or 1.
  public let isBinary: Bool
  /// Published scores are given times this.
  public static let displayScale = 100.0

  private let best: @Sendable (_ prediction: String, _ references: [String]) -> Double

  /// Always true today; comparisons ask it, not assume it.
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

  /// A metric of 0 or 1: whether what remains of the prediction equals what remains of a reference.
  static func equality<Answer: Equatable & SendableMetatype>(
    _ name: String, of answer: @escaping @Sendable (String) -> Answer?
  ) -> Metric {
    Metric(name, isBinary: true) { prediction, references in
      guard let predicted = answer(prediction) else { return 0 }
      return references.contains { answer($0) == predicted } ? 1 : 0
    }
  }
}
