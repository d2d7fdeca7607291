/// Replaces a pattern in every piece.
struct ReplaceDecoder: TokenDecoder {
  let replacement: ReplaceNormalizer

  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] { pieces.map(replacement.normalize) }
}
