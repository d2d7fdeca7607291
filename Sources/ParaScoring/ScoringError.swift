/// A metric that does not exist or cannot be applied.
public struct ScoringError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// No metric has the name.
    case unknownMetric
    /// The metric does not take an option that was given.
    case unusedOption
    /// There is nothing to compare a prediction with.
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
