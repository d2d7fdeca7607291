/// Pieces that stand for a single byte: `<0x00>` to `<0xFF>`.
enum BytePiece {
  static func piece(of byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
  }

  /// The byte that a piece stands for; nil if it is not of that form. Either case will do.
  static func byte(of piece: [UInt8]) -> UInt8? {
    guard piece.count == 6, piece.starts(with: "<0x".utf8), piece[5] == UInt8(ascii: ">"),
      piece[3] != UInt8(ascii: "+")
    else { return nil }
    return UInt8(String(decoding: piece[3..<5], as: UTF8.self), radix: 16)
  }

  /// The 256 byte tokens of a vocabulary; nil unless it has them all.
  static func tokens(in vocabulary: Vocabulary) -> [TokenID]? {
    let tokens = present(in: vocabulary)
    return tokens.count == 256 ? tokens : nil
  }

  /// How many byte tokens a vocabulary has.
  static func count(in vocabulary: Vocabulary) -> Int { present(in: vocabulary).count }

  private static func present(in vocabulary: Vocabulary) -> [TokenID] {
    (UInt8.min...UInt8.max).compactMap { vocabulary.id(of: piece(of: $0)) }
  }
}
