/// Takes up to `start` copies of a character from the front of every piece, and up to `stop` from
/// its back.
struct StripDecoder: TokenDecoder {
  /// The character, as UTF-8.
  let content: [UInt8]
  let start: Int
  let stop: Int

  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] {
    pieces.map { piece in
      var rest = piece[...]
      for _ in 0..<start {
        guard rest.starts(with: content) else { break }
        rest = rest.dropFirst(content.count)
      }
      for _ in 0..<stop {
        guard rest.suffix(content.count).elementsEqual(content) else { break }
        rest = rest.dropLast(content.count)
      }
      return Array(rest)
    }
  }
}
