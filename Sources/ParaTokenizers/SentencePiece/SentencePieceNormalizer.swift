/// SentencePiece's normaliser: rewrites characters by a compiled map, collapses white space, puts a
/// space in front, and writes spaces as `▁`.
///
/// Source: `Normalizer::Normalize` in SentencePiece's `normalizer.cc`.
struct SentencePieceNormalizer: Normalizer {
  static let mark: [UInt8] = [0xE2, 0x96, 0x81]

  let map: PrecompiledMap?
  /// Strings that the map leaves alone.
  let untouched: ByteTrie
  let addsDummyPrefix: Bool
  let removesExtraWhitespace: Bool
  let escapesWhitespace: Bool

  func normalize(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 4 + 3)
    let space = escapesWhitespace ? Self.mark : [0x20]
    var position = removesExtraWhitespace ? endOfLeadingSpaces(text.span) : 0
    guard position < text.count else { return [] }
    if addsDummyPrefix { result.append(contentsOf: space) }
    var followsSpace = removesExtraWhitespace
    while position < text.count {
      let (replacement, end) = rewritten(text.span, at: position)
      var rest = replacement ?? text[position..<end]
      if followsSpace { rest = rest.drop { $0 == 0x20 } }
      for byte in rest {
        if byte == 0x20 { result.append(contentsOf: space) } else { result.append(byte) }
      }
      if let last = rest.last { followsSpace = removesExtraWhitespace && last == 0x20 }
      position = end
    }
    if removesExtraWhitespace {
      while result.suffix(space.count).elementsEqual(space) { result.removeLast(space.count) }
    }
    return result
  }

  private func endOfLeadingSpaces(_ text: Span<UInt8>) -> Int {
    var position = 0
    while position < text.count {
      let (replacement, end) = rewritten(text, at: position)
      let isSpace = replacement?.elementsEqual([0x20]) ?? (text[position] == 0x20)
      guard isSpace, end > position else { break }
      position = end
    }
    return position
  }

  /// What stands for the text from `position` to the returned end; nil if it stands for itself.
  private func rewritten(_ text: Span<UInt8>, at position: Int) -> (ArraySlice<UInt8>?, end: Int) {
    if let (end, _) = untouched.longestMatch(in: text, at: position) { return (nil, end) }
    if let (replacement, end) = map?.longestMatch(in: text, at: position) {
      return (replacement, end)
    }
    return (nil, text.after(position))
  }
}
