/// A completion with the value of each of its task's metrics, 0…1.
public struct ScoredCompletion: Sendable {
  public var completion: Completion
  /// By the metric's name; empty for a row without references.
  public var scores: [String: Double]
}
