/// A change to the score of one token before the best candidates are taken.
public struct ScoreEdit: Sendable, Hashable {
  public enum Change: Sendable, Hashable {
    /// Less likely because the token was seen: a negative score times, a positive one divided by
    /// the factor.
    case penalize(Float)
    /// Impossible.
    case forbid
  }

  public var token: TokenID
  public var change: Change

  public init(token: TokenID, change: Change) {
    self.token = token
    self.change = change
  }

  /// The score after the change.
  @inlinable
  public func applied(to score: Float) -> Float {
    switch change {
    case .penalize(let factor): score < 0 ? score * factor : score / factor
    case .forbid: -.infinity
    }
  }
}
