/// Encodes text as the tokens of one language model, and decodes them.
///
/// The steps are those of Hugging Face's `tokenizers`: added tokens are matched in the text, the
/// rest is normalized, split into words (pre-tokenized), and each word is encoded by the model
/// (byte-pair encoding or unigram); special tokens are added around the result. A SentencePiece
/// model takes the same steps with SentencePiece's normalizer.
///
/// A tokenizer is immutable and may encode on several threads at once.
public struct Tokenizer: Sendable {
  let model: any TokenModel
  let normalizers: [any Normalizer]
  let preTokenizers: [any PreTokenizer]
  let decoders: [any TokenDecoder]
  /// The special tokens around an encoded text.
  let template: SpecialTokenTemplate
  /// The ids that decoding leaves out when it skips special tokens.
  let specialIDs: Set<TokenID>
  /// Whether special tokens in a text are encoded as text unless a caller says otherwise.
  let splitsSpecialTokens: Bool
  /// Whether decoding removes spaces before punctuation (`clean_up_tokenization_spaces`).
  let cleansUpSpaces: Bool
  let addedPieces: [TokenID: String]
  let rawMatcher: AddedTokenMatcher
  let normalizedMatcher: AddedTokenMatcher
  let scratch = ScratchPool()

  /// One more than the largest id, added tokens included.
  ///
  /// A model's embedding table may have more rows (padding), but not fewer.
  public let vocabularySize: Int

  /// The contents of the tokens that the files name, by name (`bos_token`, `image_token`), in the files' order.
  package let roles: [(name: String, content: String)]

  /// Added tokens that are no special tokens but that chats use as such, where the files list them.
  package let chatControlTokens: [String]?

  /// The token that begins a text, if the files name one.
  public let beginOfSequence: TokenID?

  /// The token that ends a text, if the files name one.
  public let endOfSequence: TokenID?

  init(_ parts: TokenizerComponents) {
    model = parts.model
    normalizers = parts.normalizers
    preTokenizers = parts.preTokenizers
    decoders = parts.decoders
    template = parts.template
    beginOfSequence = parts.beginOfSequence
    endOfSequence = parts.endOfSequence
    roles = parts.roles.compactMap { role in role.token.map { (role.name, $0.content) } }
    chatControlTokens = parts.chatControlTokens
    splitsSpecialTokens = parts.splitsSpecialTokens
    cleansUpSpaces = parts.cleansUpSpaces
    let added = parts.addedTokens
    specialIDs = Set(added.filter(\.isSpecial).map(\.id)).union(parts.controlIDs)
    addedPieces = Dictionary(added.map { ($0.id, $0.content) }) { $1 }
    rawMatcher = AddedTokenMatcher(added.filter { !$0.isNormalized })
    normalizedMatcher = AddedTokenMatcher(added.filter(\.isNormalized)) { text in
      parts.normalizers.reduce(text) { $1.normalize($0) }
    }
    vocabularySize = max(model.vocabulary.count, Int((added.map(\.id).max() ?? -1) + 1))
  }

  /// The tokens that are matched in a text before the model encodes the rest, by id.
  package var addedTokens: [(id: TokenID, content: String, isSpecial: Bool)] {
    addedPieces.sorted { $0.key < $1.key }.map { ($0, $1, specialIDs.contains($0)) }
  }

  /// The id of a piece as the vocabulary spells it (`Ġthe`, `▁the`, `</s>`); nil if there is none.
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

/// The components of a tokenizer, as the readers of its file formats return them.
struct TokenizerComponents {
  var model: any TokenModel
  var normalizers: [any Normalizer] = []
  var preTokenizers: [any PreTokenizer] = []
  var decoders: [any TokenDecoder] = []
  var template = SpecialTokenTemplate()
  var addedTokens: [AddedToken] = []
  /// Special tokens that are not matched in the text.
  var controlIDs: Set<TokenID> = []
  var roles: [TokenizerConfiguration.Role] = []
  var splitsSpecialTokens = false
  var cleansUpSpaces = false
  var chatControlTokens: [String]?

  init(model: any TokenModel) { self.model = model }

  var beginOfSequence: TokenID? { tokenID(named: "bos_token") }
  var endOfSequence: TokenID? { tokenID(named: "eos_token") }

  private func tokenID(named name: String) -> TokenID? {
    roles.last { $0.name == name }?.token.flatMap { tokenID(of: $0.content) }
  }

  /// Names tokens; those that are nil have no such role.
  mutating func name(begin: String?, end: String?, unknown: String? = nil) {
    roles = [("bos_token", begin), ("eos_token", end), ("unk_token", unknown)].compactMap {
      name, content in
      content.map { (name, AddedToken(id: 0, content: $0, isSpecial: true)) }
    }
  }

  /// The id of a token by its content; added tokens take precedence.
  func tokenID(of content: String) -> TokenID? {
    addedTokens.last { $0.content.utf8.elementsEqual(content.utf8) }?.id
      ?? model.vocabulary.id(of: content)
  }
}

extension TokenizerComponents {
  /// Adds tokens as `tokenizers` does, whatever their `id`: one whose content has an id keeps it and takes the new
  /// flags, but stays special; the others get the ids after the last.
  mutating func add(_ tokens: [AddedToken]) {
    var places: [[UInt8]: Int] = [:]
    for (index, token) in addedTokens.enumerated() { places[Array(token.content.utf8)] = index }
    var next = max(
      TokenID(model.vocabulary.pieceCount), (addedTokens.map(\.id).max() ?? -1) + 1)
    for var token in tokens where !token.content.isEmpty {
      let content = Array(token.content.utf8)
      if let place = places[content] {
        token.id = addedTokens[place].id
        token.isSpecial = token.isSpecial || addedTokens[place].isSpecial
        addedTokens[place] = token
        continue
      }
      token.id = model.vocabulary.id(of: content.span) ?? next
      next = max(next, token.id + 1)
      places[content] = addedTokens.count
      addedTokens.append(token)
    }
  }
}

/// The special tokens before and after a text.
struct SpecialTokenTemplate: Sendable, Equatable {
  var prefix: [TokenID] = []
  var suffix: [TokenID] = []
}

/// The id of a token: its row in the model's embedding table. The same type as `TokenID` of ParaDecoding,
/// with which this module shares no dependency.
public typealias TokenID = Int32
