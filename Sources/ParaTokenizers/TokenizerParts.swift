/// What a file reader has found; a `Tokenizer` is made of it.
struct TokenizerParts {
  var model: any TokenModel
  var normalizers: [any Normalizer] = []
  var preTokenizers: [any PreTokenizer] = []
  var decoders: [any TokenDecoder] = []
  var template = SpecialTokenTemplate()
  var addedTokens: [AddedToken] = []
  /// Special tokens that are not looked for in the text.
  var controlIDs: Set<TokenID> = []
  var beginOfSequence: TokenID?
  var endOfSequence: TokenID?

  init(model: any TokenModel) { self.model = model }

  /// The id of a token by its content, added tokens first.
  func tokenID(of content: String) -> TokenID? {
    addedTokens.last { $0.content.utf8.elementsEqual(content.utf8) }?.id
      ?? model.vocabulary.id(of: content)
  }
}
