/// Decodes tokens as they are generated, and gives text as soon as it is certain.
///
/// What `append` and `finish` return, joined, is `decode` of all the tokens. A character whose
/// bytes are spread over several tokens comes with the last of them. A token costs as much as
/// decoding the tokens since the last text that was returned, which only grows in runs of white
/// space or of bytes that make no character.
public struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skippingSpecialTokens: Bool
  /// The tokens that gave the text returned last, then those that have given none yet: decoders
  /// treat the first token of a text unlike the others, so that new ones are decoded together with
  /// old ones.
  private var window: [TokenID] = []
  private var returnedCount = 0
  private var returnedText = ""

  init(_ tokenizer: Tokenizer, skippingSpecialTokens: Bool) {
    self.tokenizer = tokenizer
    self.skippingSpecialTokens = skippingSpecialTokens
  }

  /// Takes a token and returns the text that it completes, often empty.
  public mutating func append(_ token: TokenID) -> String {
    window.append(token)
    let text = tokenizer.decode(window, skippingSpecialTokens: skippingSpecialTokens)
    if text.unicodeScalars.last == "\u{FFFD}" { return "" }
    return advance(to: text)
  }

  /// Returns what is left: the U+FFFD of a character that was never completed. The decoder is then
  /// new.
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
    // What decodes to nothing at the start of a text, as "▁" may, cannot stand for the text before.
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
