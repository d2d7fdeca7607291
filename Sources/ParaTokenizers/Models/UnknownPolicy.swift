/// What stands for a character that the vocabulary does not have.
struct UnknownPolicy: Sendable {
  /// The 256 tokens of single bytes, if the model falls back to them.
  var byteTokens: [TokenID]?
  /// The unknown token; without one, and without byte tokens, the character is left out.
  var token: TokenID?
  /// Whether a run of unknown characters gives one unknown token.
  var fusesRuns: Bool
}
