/// A SentencePiece model as its file has it (`ModelProto` of `sentencepiece_model.proto`).
package struct SentencePieceModel: Sendable {
  /// The numbers are those of `sentencepiece_model.proto`.
  package enum Algorithm: Int, Sendable {
    case unigram = 1
    case bytePair = 2
  }

  package var pieces: [SentencePiece]
  package var algorithm = Algorithm.unigram
  /// Whether a character without a piece becomes its bytes' pieces rather than the unknown one.
  package var fallsBackToBytes = false
  /// What the unknown piece decodes to.
  package var unknownSurface = " \u{2047} "
  /// The control pieces that begin and end a text; a model need not have them.
  package var beginPiece = "<s>"
  package var endPiece = "</s>"
  /// Rules that rewrite characters, compiled; empty for none.
  package var charactersMap: [UInt8] = []
  package var addsDummyPrefix = true
  package var removesExtraWhitespace = true
  package var escapesWhitespace = true
  /// Named in errors.
  let file: String

  package init(pieces: [SentencePiece], file: String = "SentencePiece model") {
    self.pieces = pieces
    self.file = file
  }
}
