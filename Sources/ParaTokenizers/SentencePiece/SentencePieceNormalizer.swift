/// The normalizer of SentencePiece: applies the compiled rules, collapses white space, prepends a
/// space, and replaces spaces by `▁`.
///
/// Source: `Normalizer::Normalize` in `normalizer.cc`.
struct SentencePieceNormalizer: Normalizer {
  static let mark: [UInt8] = [0xE2, 0x96, 0x81]

  let map: PrecompiledCharsMap?
  /// User-defined pieces, to which the rules do not apply.
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

  /// The replacement of the text from `position` to the returned end; nil if it is unchanged.
  private func rewritten(_ text: Span<UInt8>, at position: Int) -> (ArraySlice<UInt8>?, end: Int) {
    if let (end, _) = untouched.longestMatch(in: text, at: position) { return (nil, end) }
    if let (replacement, end) = map?.longestMatch(in: text, at: position) {
      return (replacement, end)
    }
    return (nil, text.after(position))
  }
}

/// The compiled normalization rules of SentencePiece: a double-array trie from strings to offsets
/// in a pool of replacements, each terminated by a zero byte.
///
/// Source: `Normalizer::DecodePrecompiledCharsMap` in SentencePiece; the units are those of
/// darts-clone.
struct PrecompiledCharsMap: Sendable {
  private let units: [UInt32]
  private let pool: [UInt8]

  /// - Throws: `TokenizerError` if the lengths do not fit the bytes.
  init(_ bytes: [UInt8], file: String) throws {
    var reader = LittleEndianReader(bytes, file: file)
    let location = "normalizer_spec.precompiled_charsmap"
    guard bytes.count > 4, case let size = Int(try reader.uint32()), size % 4 == 0, size > 0,
      size <= bytes.count - 4
    else {
      throw TokenizerError(
        .malformed, "its trie does not fit into its \(bytes.count) bytes", file: file,
        location: location)
    }
    units = try (0..<size / 4).map { _ in try reader.uint32() }
    pool = Array(bytes[(4 + size)...])
  }

  /// The replacement of the longest match at `position`, and the end of the match.
  func longestMatch(in text: Span<UInt8>, at position: Int) -> (ArraySlice<UInt8>, end: Int)? {
    var node = Self.offset(units[0])
    var found: (value: Int, end: Int)?
    var end = position
    while end < text.count {
      let label = UInt32(text[end])
      node ^= Int(label)
      guard node < units.count, units[node] & 0x8000_00FF == label else { break }
      let unit = units[node]
      end += 1
      node ^= Self.offset(unit)
      if unit & 0x100 != 0, node < units.count {
        found = (Int(units[node] & 0x7FFF_FFFF), end)
      }
    }
    guard let found, found.value <= pool.count else { return nil }
    return (pool[found.value...].prefix { $0 != 0 }, found.end)
  }

  private static func offset(_ unit: UInt32) -> Int {
    Int((unit >> 10) << ((unit & 0x200) >> 6))
  }
}
