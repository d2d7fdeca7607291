/// Encodes one word of the pre-tokenized text as tokens.
protocol TokenModel: Sendable {
  var vocabulary: Vocabulary { get }

  /// Appends the word's tokens. The word is UTF-8 and not empty.
  func encode(_ word: Span<UInt8>, into ids: inout [TokenID], scratch: inout EncodingScratch)
}

/// The tokens of a character that the vocabulary does not have.
struct UnknownPolicy: Sendable {
  /// The 256 tokens of single bytes, if the model has byte fallback.
  var byteTokens: [TokenID]?
  /// The unknown token; without it and without byte fallback, the character is left out.
  var token: TokenID?
  /// Whether a run of unknown characters gives one unknown token.
  var fusesRuns: Bool
}

/// Pieces that stand for a single byte: `<0x00>` to `<0xFF>`.
enum BytePiece {
  static func piece(of byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
  }

  /// The byte that a piece stands for; nil if it is not of that form. Hexadecimal digits may be in
  /// either case.
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
