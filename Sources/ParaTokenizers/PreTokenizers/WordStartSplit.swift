/// Cuts before every `▁` that follows something else.
///
/// For a vocabulary in which no piece has `▁` after something else, no merge crosses these places,
/// so that cutting there changes no token and makes long texts as cheap as short words.
struct WordStartSplit: PreTokenizer {
  private static let mark = SentencePieceNormalizer.mark

  /// Whether the cut is safe for the vocabulary.
  static func isSafe(for vocabulary: Vocabulary) -> Bool {
    guard vocabulary.id(of: mark.span) != nil else { return false }
    return (0..<TokenID(vocabulary.count)).allSatisfy { id in
      guard let piece = vocabulary.bytes(of: id) else { return true }
      return nextStart(in: Array(piece).span, from: 0) == nil
    }
  }

  func apply(to text: inout SplitText) {
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

  /// Spelled out, because it is asked at every byte.
  @inline(__always)
  private static func isMark(_ text: Span<UInt8>, _ position: Int) -> Bool {
    position + 3 <= text.count && text[position] == 0xE2 && text[position + 1] == 0x96
      && text[position + 2] == 0x81
  }
}
