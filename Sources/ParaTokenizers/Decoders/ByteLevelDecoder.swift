/// Reads GPT-2's alphabet back into bytes; a piece with other characters stands for itself.
/// Bytes that are not UTF-8 become U+FFFD.
struct ByteLevelDecoder: TokenDecoder {
  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] {
    let bytes = pieces.flatMap { ByteLevelAlphabet.decode($0) ?? $0 }
    return [Array(String(decoding: bytes, as: UTF8.self).utf8)]
  }
}
