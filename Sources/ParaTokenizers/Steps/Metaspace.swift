/// Replaces spaces by another character (`▁`), prepends one, and splits before each.
struct MetaspacePreTokenizer: PreTokenizer {
  /// To which words the replacement is prepended.
  enum PrependScheme: String {
    case always, first, never
  }

  /// The character that stands for a space, as UTF-8.
  let replacement: [UInt8]
  let prependScheme: PrependScheme
  let splits: Bool

  func apply(to text: inout PreTokenizedText) {
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

/// Replaces the replacement character by a space; in the first piece it is removed if it was
/// prepended.
struct MetaspaceDecoder: TokenDecoder {
  let replacement: [UInt8]
  let dropsFirst: Bool

  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] {
    let pattern = LiteralPattern(replacement)
    let toSpace = ReplaceNormalizer(pattern: pattern, content: [0x20])
    let toNothing = ReplaceNormalizer(pattern: pattern, content: dropsFirst ? [] : [0x20])
    return pieces.enumerated().map { index, piece in
      (index == 0 ? toNothing : toSpace).normalize(piece)
    }
  }

  func bytes(of piece: [UInt8]) -> [UInt8] {
    ReplaceNormalizer(pattern: LiteralPattern(replacement), content: [0x20]).normalize(piece)
  }
}

/// Splits before every `▁` that follows another character.
///
/// If no piece of the vocabulary has `▁` after another character, no merge crosses these positions:
/// splitting there changes no token and makes the cost of long texts linear.
struct WordStartSplit: PreTokenizer {
  private static let mark = SentencePieceNormalizer.mark

  /// Whether the split changes no token of any text.
  static func isSafe(for vocabulary: Vocabulary) -> Bool {
    guard vocabulary.id(of: mark.span) != nil else { return false }
    return (0..<TokenID(vocabulary.count)).allSatisfy { id in
      guard let piece = vocabulary.bytes(of: id) else { return true }
      return nextStart(in: Array(piece).span, from: 0) == nil
    }
  }

  func apply(to text: inout PreTokenizedText) {
    var words: [Range<Int>] = []
    for word in text.words {
      let span = text.bytes.span.extracting(word)
      var start = 0
      while let next = Self.nextStart(in: span, from: start) {
        words.append(word.lowerBound + start..<word.lowerBound + next)
        start = next
      }
      words.append(word.lowerBound + start..<word.upperBound)
    }
    text.words = words
  }

  /// The first `▁` after `start` that does not follow a `▁`.
  private static func nextStart(in text: Span<UInt8>, from start: Int) -> Int? {
    var position = start
    while isMark(text, position) { position += mark.count }
    while position < text.count {
      if isMark(text, position) { return position }
      position += 1
    }
    return nil
  }

  /// Unrolled, because it runs for every byte.
  @inline(__always)
  private static func isMark(_ text: Span<UInt8>, _ position: Int) -> Bool {
    position + 3 <= text.count && text[position] == 0xE2 && text[position + 1] == 0x96
      && text[position + 2] == 0x81
  }
}
