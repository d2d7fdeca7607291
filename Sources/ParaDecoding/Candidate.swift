/// A token's number in the model's vocabulary.
public typealias TokenID = Int32

/// One possible next token of one lane.
public struct Candidate: Sendable, Hashable {
  public var token: TokenID
  /// The natural logarithm of the token's probability given the lane's tokens, after
  /// ``TokenConstraints``. −∞ says that the token is impossible.
  public var logProbability: Float

  public init(token: TokenID, logProbability: Float) {
    self.token = token
    self.logProbability = logProbability
  }
}
