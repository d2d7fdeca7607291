package import Foundation

extension SentencePieceModel {
  /// Reads the `tokenizer.bin` of llama2.c, a SentencePiece BPE model in another encoding: the length of the longest piece (int32), then for each piece its score (float32),
  /// its length (int32) and its bytes, with spaces for `▁`. Piece 0 is the unknown piece, 1 and 2
  /// begin and end a text, and 3 to 258 are the bytes, if the model falls back to them. All values are
  /// little-endian.
  ///
  /// - Throws: `TokenizerError`.
  package init(llama2c file: URL) throws {
    try self.init(llama2c: try FileBytes.read(file), file: file.path)
  }

  init(llama2c bytes: [UInt8], file: String) throws {
    self.init(pieces: [], file: file)
    var reader = LittleEndianReader(bytes, file: file)
    _ = try reader.uint32()
    while !reader.isAtEnd {
      pieces.append(try Self.piece(pieces.count, from: &reader, bytes: fallsBackToBytes))
      if pieces.count == 4, pieces[3].piece == BytePiece.piece(of: 0) {
        pieces[3].kind = .byte
        fallsBackToBytes = true
      }
    }
    guard pieces.count >= (fallsBackToBytes ? 259 : 4) else {
      throw reader.error(
        "expected 3 special pieces\(fallsBackToBytes ? ", 256 bytes" : "") and more, found \(pieces.count) pieces"
      )
    }
    algorithm = .bytePair
    removesExtraWhitespace = false
  }

  private static func piece(
    _ id: Int, from reader: inout LittleEndianReader, bytes: Bool
  ) throws -> SentencePiece {
    let score = Float(bitPattern: try reader.uint32())
    let piece = try reader.string(count: Int(try reader.uint32()))
    guard !piece.isEmpty, !score.isNaN else {
      throw reader.error("the piece \(id) that ends here is empty or its score is not a number")
    }
    switch id {
    case 0: return SentencePiece("<unk>", score: score, kind: .unknown)
    case 1: return SentencePiece("<s>", score: score, kind: .control)
    case 2: return SentencePiece("</s>", score: score, kind: .control)
    case 3..<259 where bytes:
      guard BytePiece.byte(of: Array(piece.utf8)) == UInt8(id - 3) else {
        throw reader.error(
          "expected the byte piece \(BytePiece.piece(of: UInt8(id - 3))), found \"\(piece)\"")
      }
      return SentencePiece(piece, score: score, kind: .byte)
    default:
      // Only among the pieces 3 to 258 are bytes looked for.
      if !bytes, BytePiece.byte(of: Array(piece.utf8)) != nil, id > 3 {
        throw reader.error(
          "the byte piece \"\(piece)\" has the id \(id); bytes begin with <0x00> at 3")
      }
      let marked = String(
        String.UnicodeScalarView(piece.unicodeScalars.map { $0 == " " ? "▁" : $0 }))
      return SentencePiece(marked, score: score)
    }
  }
}

/// Reads little-endian integers and strings one after another, and checks every length.
struct LittleEndianReader {
  private let bytes: [UInt8]
  private let file: String
  private var position = 0

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  var isAtEnd: Bool { position == bytes.count }

  func error(_ message: String) -> TokenizerError {
    TokenizerError(.malformed, message, file: file, offset: position)
  }

  mutating func uint32() throws -> UInt32 {
    guard bytes.count - position >= 4 else { throw error("the file ends inside a number") }
    defer { position += 4 }
    return bytes[position..<position + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func string(count: Int) throws -> String {
    let left = bytes.count - position
    guard count <= left else { throw error("a piece claims \(count) bytes, but \(left) are left") }
    guard let string = String(validating: bytes[position..<position + count], as: UTF8.self) else {
      throw error("a piece is not UTF-8")
    }
    position += count
    return string
  }
}
