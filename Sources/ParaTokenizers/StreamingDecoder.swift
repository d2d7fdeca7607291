/// Decodes tokens as they are generated, and returns text as soon as it is final.
///
/// The concatenation of what `append` and `finish` return is `decode` of all tokens. A character
/// whose bytes are spread over several tokens is returned with the last of them. The cost of a
/// token is that of decoding the tokens since the last returned text, a window that only grows in
/// runs of white space or of invalid bytes.
public struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skippingSpecialTokens: Bool
  /// The tokens of the text returned last, then those that have returned none yet: decoders treat
  /// the first token of a text differently, so new tokens are decoded together with earlier ones.
  private var window: [TokenID] = []
  private var returnedCount = 0
  private var returnedText = ""

  init(_ tokenizer: Tokenizer, skippingSpecialTokens: Bool) {
    self.tokenizer = tokenizer
    self.skippingSpecialTokens = skippingSpecialTokens
  }

  /// Adds a token and returns the text that it completes, often empty.
  public mutating func append(_ token: TokenID) -> String {
    window.append(token)
    let text = tokenizer.decode(window, skippingSpecialTokens: skippingSpecialTokens)
    if text.unicodeScalars.last == "\u{FFFD}" { return "" }
    return advance(to: text)
  }

  /// Returns the rest: U+FFFD for an incomplete character. The decoder is then reset.
  public mutating func finish() -> String {
    let text = tokenizer.decode(window, skippingSpecialTokens: skippingSpecialTokens)
    defer { self = StreamingDecoder(tokenizer, skippingSpecialTokens: skippingSpecialTokens) }
    return advance(to: text)
  }

  private mutating func advance(to text: String) -> String {
    let new = text.utf8.dropFirst(returnedText.utf8.count)
    guard !new.isEmpty else { return "" }
    let result = String(decoding: Array(new), as: UTF8.self)
    let start = tokenizer.decode(
      window.dropFirst(returnedCount), skippingSpecialTokens: skippingSpecialTokens)
    // Tokens that decode to nothing at the start of a text, as "▁" may, cannot replace the window.
    if start.isEmpty {
      returnedText = text
    } else {
      window.removeFirst(returnedCount)
      returnedText = start
    }
    returnedCount = window.count
    return result
  }
}
