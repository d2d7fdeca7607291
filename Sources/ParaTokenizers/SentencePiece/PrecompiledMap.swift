/// SentencePiece's compiled rules: a double-array trie from strings to places in a pool of
/// replacements, each ended by a zero byte.
///
/// Source: `Normalizer::DecodePrecompiledCharsMap` in SentencePiece; the units are those of
/// darts-clone.
struct PrecompiledMap: Sendable {
  private let units: [UInt32]
  private let pool: [UInt8]

  /// - Throws: `TokenizerError` if the parts do not fit into the bytes.
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

  /// The replacement of the longest rule that starts at `position`, and the end of what it
  /// replaces.
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
