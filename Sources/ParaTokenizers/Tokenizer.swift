/// Turns text into the tokens of one language model, and back.
///
/// The steps are those of Hugging Face's `tokenizers`: added tokens are cut out of the text, the
/// rest is normalised, cut into words, and each word encoded by the model (byte-pair encoding or
/// unigram); special tokens go around the result. A SentencePiece model takes the same road with
/// SentencePiece's own normaliser.
///
/// A tokenizer never changes; it may encode on any number of threads at once.
public struct Tokenizer: Sendable {
  let model: any TokenModel
  let normalizers: [any Normalizer]
  let preTokenizers: [any PreTokenizer]
  let decoders: [any TokenDecoder]
  /// What goes around an encoded text when special tokens are asked for.
  let template: SpecialTokenTemplate
  /// Ids that decoding leaves out when it skips special tokens.
  let specialIDs: Set<TokenID>
  let addedPieces: [TokenID: String]
  let rawMatcher: AddedTokenMatcher
  let normalizedMatcher: AddedTokenMatcher
  let scratch = ScratchPool()

  /// One more than the largest id, added tokens included.
  ///
  /// A model's embedding table may have more rows (padding), but not fewer.
  public let vocabularySize: Int

  /// The token that starts a text, if the files name one.
  public let beginOfSequence: TokenID?

  /// The token that ends a text, if the files name one.
  public let endOfSequence: TokenID?

  init(_ parts: TokenizerParts) {
    model = parts.model
    normalizers = parts.normalizers
    preTokenizers = parts.preTokenizers
    decoders = parts.decoders
    template = parts.template
    beginOfSequence = parts.beginOfSequence
    endOfSequence = parts.endOfSequence
    let added = parts.addedTokens
    specialIDs = Set(added.filter(\.isSpecial).map(\.id)).union(parts.controlIDs)
    addedPieces = Dictionary(added.map { ($0.id, $0.content) }) { $1 }
    rawMatcher = AddedTokenMatcher(added.filter { !$0.isNormalized })
    normalizedMatcher = AddedTokenMatcher(added.filter(\.isNormalized)) { text in
      parts.normalizers.reduce(text) { $1.normalize($0) }
    }
    vocabularySize = max(model.vocabulary.count, Int((added.map(\.id).max() ?? -1) + 1))
  }

  /// The id of a piece exactly as the vocabulary spells it (`Ġthe`, `▁the`, `</s>`); nil if there
  /// is none.
  public func tokenID(of piece: String) -> TokenID? {
    addedPieces.first { $0.value.utf8.elementsEqual(piece.utf8) }?.key
      ?? model.vocabulary.id(of: piece)
  }

  /// The piece of an id as the vocabulary spells it; nil if there is none.
  public func piece(of id: TokenID) -> String? {
    addedPieces[id] ?? model.vocabulary.bytes(of: id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether decoding leaves the token out when it skips special tokens.
  public func isSpecial(_ id: TokenID) -> Bool { specialIDs.contains(id) }
}
