/// Turns runs of pieces such as `<0xE2>` into the characters that their bytes spell; a run that is
/// not UTF-8 becomes one U+FFFD per byte.
struct ByteFallbackDecoder: TokenDecoder {
  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] {
    var decoded: [[UInt8]] = []
    var run: [UInt8] = []
    for piece in pieces {
      if let byte = BytePiece.byte(of: piece) {
        run.append(byte)
      } else {
        flush(&run, into: &decoded)
        decoded.append(piece)
      }
    }
    flush(&run, into: &decoded)
    return decoded
  }

  private func flush(_ run: inout [UInt8], into decoded: inout [[UInt8]]) {
    guard !run.isEmpty else { return }
    if String(validating: run, as: UTF8.self) != nil {
      decoded.append(run)
    } else {
      decoded.append(contentsOf: repeatElement([0xEF, 0xBF, 0xBD], count: run.count))
    }
    run.removeAll()
  }
}
