/// The decoder of SentencePiece: `▁` becomes a space, except a prepended one; byte pieces become
/// their characters; the unknown piece becomes its surface.
///
/// Source: `SentencePieceProcessor::Decode`.
struct SentencePieceDecoder: TokenDecoder {
  let unknownPiece: [UInt8]
  let unknownSurface: [UInt8]
  let stripsFirstSpace: Bool
  let stripsAllFirstSpaces: Bool

  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] {
    let spaces = ReplaceNormalizer(
      pattern: LiteralPattern(SentencePieceNormalizer.mark), content: [0x20])
    var text: [UInt8] = []
    var run: [UInt8] = []
    var isAtStart = stripsFirstSpace
    for piece in pieces {
      if let byte = BytePiece.byte(of: piece) {
        run.append(byte)
        continue
      }
      flush(&run, into: &text)
      if !text.isEmpty { isAtStart = false }
      if piece == unknownPiece {
        text.append(contentsOf: unknownSurface)
      } else if isAtStart, piece.starts(with: SentencePieceNormalizer.mark) {
        let rest = piece.dropFirst(SentencePieceNormalizer.mark.count)
        text.append(contentsOf: spaces.normalize(Array(rest)))
        isAtStart = stripsAllFirstSpaces
      } else {
        text.append(contentsOf: spaces.normalize(piece))
      }
    }
    flush(&run, into: &text)
    return [text]
  }

  func bytes(of piece: [UInt8]) -> [UInt8] {
    if let byte = BytePiece.byte(of: piece) { return [byte] }
    if piece == unknownPiece { return unknownSurface }
    return ReplaceNormalizer(
      pattern: LiteralPattern(SentencePieceNormalizer.mark), content: [0x20]
    ).normalize(piece)
  }

  /// Unlike in `ByteFallbackDecoder`, only invalid bytes become U+FFFD.
  private func flush(_ run: inout [UInt8], into text: inout [UInt8]) {
    guard !run.isEmpty else { return }
    text.append(contentsOf: String(decoding: run, as: UTF8.self).utf8)
    run.removeAll()
  }
}
