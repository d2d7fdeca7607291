/// Texts that end an answer when they appear in it.
///
/// They are compared byte by byte with the text of the generated tokens, in which special tokens are spelled out and
/// the spaces at its start stand: `"\n"` is found in `"\r\n"`, `"<|im_end|>"` where that token was generated, and `é`
/// is not `e` with an accent behind it. An answer ends at the same token as with `stop_strings` of transformers,
/// except that the prompt does not count here: a stop string that the prompt begins and the answer completes does not
/// end it.
public struct StopStrings: Sendable {
  private let texts: [[UInt8]]
  private let tokenizer: Tokenizer

  /// Nil if there are no texts.
  public init?(_ texts: [String], _ tokenizer: Tokenizer) {
    self.texts = texts.filter { !$0.isEmpty }.map { Array($0.utf8) }
    self.tokenizer = tokenizer
    if self.texts.isEmpty { return nil }
  }

  /// Whether the newest of the generated tokens completes a stop string.
  public func isCompleted(by generated: [TokenID]) -> Bool {
    guard let newest = generated.last else { return false }
    let end = tokenizer.bytes(of: newest)
    // A stop string that ends in the newest token begins no further back than this.
    let reach = (texts.map(\.count).max() ?? 0) - 1
    var window = end
    for token in generated.dropLast().reversed() where window.count < end.count + reach {
      window = tokenizer.bytes(of: token) + window
    }
    return texts.contains { text in
      Self.ends(of: text, in: window).contains { $0 > window.count - end.count }
    }
  }

  /// The text of an answer without its first stop string and what follows it; special tokens are left out. The whole
  /// text if there is none.
  public func textBeforeStop(in generated: [TokenID]) -> String {
    let pieces = generated.map(tokenizer.bytes)
    let whole = Array(pieces.joined())
    guard
      let start = texts.compactMap({ text in
        Self.ends(of: text, in: whole).first.map { $0 - text.count }
      }).min()
    else { return tokenizer.decode(generated) }
    return text(of: generated, pieces, before: start)
  }

  /// The text of the tokens up to a byte of their concatenation.
  private func text(of tokens: [TokenID], _ pieces: [[UInt8]], before start: Int) -> String {
    var index = 0
    var rest = start
    while rest >= pieces[index].count {
      rest -= pieces[index].count
      index += 1
    }
    if rest == 0 || tokenizer.isSpecial(tokens[index]) { return tokenizer.decode(tokens[..<index]) }
    // The token is cut: what stays of it is decoded with the others, for a text's start is special.
    let removed = String(decoding: pieces[index][rest...], as: UTF8.self)
    let text = tokenizer.decode(tokens[...index])
    return String(decoding: Array(text.utf8.dropLast(removed.utf8.count)), as: UTF8.self)
  }

  /// Where the occurrences of a text end, in order.
  private static func ends(of text: [UInt8], in bytes: [UInt8]) -> [Int] {
    guard text.count <= bytes.count else { return [] }
    return (text.count...bytes.count).filter {
      bytes[($0 - text.count)..<$0].elementsEqual(text)
    }
  }
}
