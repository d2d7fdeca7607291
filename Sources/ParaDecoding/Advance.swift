/// One running lane of the next model step.
public struct Continuation: Sendable, Hashable {
  /// The lane of the step before whose tokens (and attention cache) this lane carries on.
  public var parent: Int
  /// The token appended to them, which the model reads next.
  public var token: TokenID

  public init(parent: Int, token: TokenID) {
    self.parent = parent
    self.token = token
  }
}

/// What a search asks for after it has seen a step's candidates.
public enum Advance: Sendable, Hashable {
  /// Run the model once more over these lanes, best first: at least one, at most `num_beams`.
  case `continue`(lanes: [Continuation])
  /// The hypotheses stand; there is nothing left to run.
  case finished
}
