/// Writes the replacement character as a space again; in the first piece it is dropped, if one was
/// put in front.
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
}
