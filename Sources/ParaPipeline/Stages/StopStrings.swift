public import ParaTokenizers

/// Texts that end an answer when they appear in it, as `stop_strings` of transformers; the text that holds one is kept.
public struct StopStrings: Sendable {
  private let texts: [String]
  private let tokenizer: Tokenizer
  /// Newest tokens that can hold a stop string: a token has at least one byte, and a few more complete characters that
  /// the cut would break.
  private let window: Int

  /// Nil if there are no texts.
  public init?(_ texts: [String], _ tokenizer: Tokenizer) {
    self.texts = texts.filter { !$0.isEmpty }
    self.tokenizer = tokenizer
    window = (self.texts.map(\.utf8.count).max() ?? 0) + 8
    if self.texts.isEmpty { return nil }
  }

  /// Whether the newest of the generated tokens completes a stop string.
  public func isCompleted(by generated: [TokenID]) -> Bool {
    let text = tokenizer.decode(generated.suffix(window))
    return texts.contains { text.contains($0) }
  }
}
