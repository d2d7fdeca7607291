/// Writes spaces as another character (`▁`), puts one in front, and cuts before each.
struct MetaspacePreTokenizer: PreTokenizer {
  /// Where the replacement is put in front.
  enum PrependScheme: String {
    case always, first, never
  }

  /// The character that stands for a space, as UTF-8.
  let replacement: [UInt8]
  let prependScheme: PrependScheme
  let splits: Bool

  func apply(to text: inout SplitText) {
    let isFirst = text.startsText && text.words.first?.lowerBound == 0
    text.replace([0x20], with: replacement)
    switch prependScheme {
    case .always: text.prepend(replacement) { _ in true }
    case .first: text.prepend(replacement) { $0 == 0 && isFirst }
    case .never: break
    }
    if splits {
      SplitPreTokenizer(LiteralPattern(replacement), .mergedWithNext).apply(to: &text)
    }
  }
}
