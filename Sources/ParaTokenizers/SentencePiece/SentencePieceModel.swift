/// The contents of a SentencePiece model file (`ModelProto` of `sentencepiece_model.proto`).
package struct SentencePieceModel: Sendable {
  /// Raw values are those of `sentencepiece_model.proto`.
  package enum Algorithm: Int, Sendable {
    case unigram = 1
    case bytePair = 2
  }

  package var pieces: [SentencePiece]
  package var algorithm = Algorithm.unigram
  /// Whether a character without a piece becomes the pieces of its bytes rather than the unknown
  /// piece.
  package var fallsBackToBytes = false
  /// The text to which the unknown piece decodes.
  package var unknownSurface = " \u{2047} "
  /// The control pieces that begin and end a text; a model need not have them.
  package var beginPiece = "<s>"
  package var endPiece = "</s>"
  /// The compiled normalization rules (`precompiled_charsmap`); empty for none.
  package var precompiledCharsMap: [UInt8] = []
  package var addsDummyPrefix = true
  package var removesExtraWhitespace = true
  package var escapesWhitespace = true
  /// The file that errors name.
  let file: String

  package init(pieces: [SentencePiece], file: String = "SentencePiece model") {
    self.pieces = pieces
    self.file = file
  }
}

/// One piece of a SentencePiece model; its id is its index.
package struct SentencePiece: Sendable, Equatable {
  /// Raw values are those of `sentencepiece_model.proto`.
  package enum Kind: Int, Sendable {
    case normal = 1
    /// The unknown piece.
    case unknown = 2
    /// Never matched in a text: `<s>`, `</s>`.
    case control = 3
    /// Always one piece wherever it occurs in a text.
    case userDefined = 4
    /// A single byte: `<0x0A>`.
    case byte = 6
    /// Present, but never used.
    case unused = 5
  }

  /// The text, with `▁` (U+2581) for a space.
  package var piece: String
  /// The log probability of a unigram piece; of BPE, the higher the score, the earlier the merge.
  package var score: Float
  package var kind: Kind

  package init(_ piece: String, score: Float, kind: Kind = .normal) {
    self.piece = piece
    self.score = score
    self.kind = kind
  }
}

extension SentencePieceModel {
  /// The model as a `tokenizer.model` file, which the SentencePiece library can read.
  package func serialized() -> [UInt8] {
    var writer = ProtobufWriter()
    for piece in pieces {
      writer.write(1) {
        $0.write(1, piece.piece)
        $0.write(2, piece.score)
        $0.write(3, piece.kind.rawValue)
      }
    }
    writer.write(2) { trainer in
      trainer.write(3, algorithm.rawValue)
      trainer.write(4, pieces.count)
      trainer.write(35, fallsBackToBytes)
      trainer.write(40, pieces.firstIndex { $0.kind == .unknown } ?? -1)
      trainer.write(41, controlIndex(of: beginPiece) ?? -1)
      trainer.write(42, controlIndex(of: endPiece) ?? -1)
      trainer.write(43, -1)
      trainer.write(44, unknownSurface)
      trainer.write(46, beginPiece)
      trainer.write(47, endPiece)
    }
    writer.write(3) { normalizer in
      normalizer.write(1, precompiledCharsMap.isEmpty ? "identity" : "user_defined")
      normalizer.write(2, bytes: precompiledCharsMap)
      normalizer.write(3, addsDummyPrefix)
      normalizer.write(4, removesExtraWhitespace)
      normalizer.write(5, escapesWhitespace)
    }
    return writer.bytes
  }
}
