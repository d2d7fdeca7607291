package import Foundation

extension SentencePieceModel {
  /// Reads the `tokenizer.bin` of llama2.c, which is a SentencePiece BPE model with byte fallback
  /// in another dress: after the length of the longest piece (int32), per piece its score
  /// (float32), its length (int32) and its bytes, with spaces for `▁`. Piece 0 is the unknown one,
  /// 1 and 2 begin and end a text, 3 to 258 are the bytes. All numbers are little-endian.
  ///
  /// - Throws: `TokenizerError`.
  package init(llama2c file: URL) throws {
    try self.init(llama2c: try FileBytes.read(file), file: file.path)
  }

  init(llama2c bytes: [UInt8], file: String) throws {
    self.init(pieces: [], file: file)
    var reader = LittleEndianReader(bytes, file: file)
    _ = try reader.uint32()
    while !reader.isAtEnd { pieces.append(try Self.piece(pieces.count, from: &reader)) }
    guard pieces.count >= 259 else {
      throw reader.error("expected 3 special and 256 byte pieces, found \(pieces.count) pieces")
    }
    algorithm = .bytePair
    fallsBackToBytes = true
    removesExtraWhitespace = false
  }

  private static func piece(_ id: Int, from reader: inout LittleEndianReader) throws
    -> SentencePiece
  {
    let score = Float(bitPattern: try reader.uint32())
    let piece = try reader.string(count: Int(try reader.uint32()))
    guard !piece.isEmpty, !score.isNaN else {
      throw reader.error("the piece \(id) that ends here is empty or its score is not a number")
    }
    switch id {
    case 0: return SentencePiece("<unk>", score: score, kind: .unknown)
    case 1: return SentencePiece("<s>", score: score, kind: .control)
    case 2: return SentencePiece("</s>", score: score, kind: .control)
    case 3..<259:
      guard BytePiece.byte(of: Array(piece.utf8)) == UInt8(id - 3) else {
        throw reader.error(
          "expected the byte piece \(BytePiece.piece(of: UInt8(id - 3))), found \"\(piece)\"")
      }
      return SentencePiece(piece, score: score, kind: .byte)
    default:
      let marked = String(
        String.UnicodeScalarView(piece.unicodeScalars.map { $0 == " " ? "▁" : $0 }))
      return SentencePiece(marked, score: score)
    }
  }
}
