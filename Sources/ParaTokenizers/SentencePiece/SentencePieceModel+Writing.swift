extension SentencePieceModel {
  /// The model as a `tokenizer.model` file, which SentencePiece's own library reads as well.
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
      normalizer.write(1, charactersMap.isEmpty ? "identity" : "user_defined")
      normalizer.write(2, bytes: charactersMap)
      normalizer.write(3, addsDummyPrefix)
      normalizer.write(4, removesExtraWhitespace)
      normalizer.write(5, escapesWhitespace)
    }
    return writer.bytes
  }
}
