/// Joins all pieces into one.
struct FuseDecoder: TokenDecoder {
  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] { [Array(pieces.joined())] }
}
