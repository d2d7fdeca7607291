/// One entry of a SentencePiece model; its id is its place.
package struct SentencePiece: Sendable, Equatable {
  /// The numbers are those of `sentencepiece_model.proto`.
  package enum Kind: Int, Sendable {
    case normal = 1
    /// Stands for what the model does not have.
    case unknown = 2
    /// Never comes of a text: `<s>`, `</s>`.
    case control = 3
    /// Always cut out of a text as a whole.
    case userDefined = 4
    /// A single byte: `<0x0A>`.
    case byte = 6
    /// In the list, but never used.
    case unused = 5
  }

  /// With `▁` (U+2581) for a space.
  package var piece: String
  /// The higher, the sooner the piece is chosen.
  package var score: Float
  package var kind: Kind

  package init(_ piece: String, score: Float, kind: Kind = .normal) {
    self.piece = piece
    self.score = score
    self.kind = kind
  }
}
