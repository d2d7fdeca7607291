/// Joins pieces with spaces, which is what a `tokenizer.json` without a decoder means.
struct SpaceDecoder: TokenDecoder {
  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] { [Array(pieces.joined(separator: [0x20]))] }
}
