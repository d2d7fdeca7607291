internal import Foundation
internal import ParaJSON

/// A Hugging Face model folder, as far as its tokenizer goes.
///
/// The vocabulary comes from the first of these that is there: `tokenizer.json`, `tokenizer.model`
/// (SentencePiece, or tiktoken ranks as Llama 3 has them), `vocab.json` with `merges.txt`. Beside
/// it, `tokenizer_config.json` and `special_tokens_map.json` name the special tokens.
struct TokenizerFolder {
  let folder: URL
  /// `tokenizer_config.json`, if it is there.
  let config: JSONNode?
  private let specialTokensMap: JSONNode?

  init(_ folder: URL) throws {
    self.folder = folder
    config = try Self.json("tokenizer_config.json", in: folder)
    specialTokensMap = try Self.json("special_tokens_map.json", in: folder)
  }

  func parts() throws -> TokenizerParts {
    var parts = try vocabularyParts()
    let begin = try specialToken("bos_token", in: parts)
    let end = try specialToken("eos_token", in: parts)
    parts.beginOfSequence = begin ?? parts.beginOfSequence
    parts.endOfSequence = end ?? parts.endOfSequence
    try applyTemplate(to: &parts)
    return parts
  }

  private func vocabularyParts() throws -> TokenizerParts {
    let json = folder.appendingPathComponent("tokenizer.json")
    if FileBytes.exists(json) { return try TokenizerJSON.parts(try FileBytes.json(json)) }
    let model = folder.appendingPathComponent("tokenizer.model")
    if FileBytes.exists(model) { return try modelParts(model) }
    let vocabulary = folder.appendingPathComponent("vocab.json")
    let merges = folder.appendingPathComponent("merges.txt")
    if FileBytes.exists(vocabulary), FileBytes.exists(merges) {
      let files = VocabularyAndMerges(vocabulary: vocabulary, merges: merges, family: try family())
      return try files.parts(addedTokens: try addedTokens())
    }
    throw TokenizerError(
      .unreadable,
      "no tokenizer.json, no tokenizer.model, and no vocab.json with merges.txt in the folder",
      file: folder.path)
  }

  private func modelParts(_ file: URL) throws -> TokenizerParts {
    let bytes = try FileBytes.read(file)
    if TiktokenRanks.isLikely(bytes) {
      return try TiktokenRanks(bytes, file: file.path).llama3Parts()
    }
    var parts = try SentencePieceModel(bytes: bytes, file: file.path).tokenizerParts()
    // Their own library looks for them in the text as it stands, whatever the files say.
    parts.addedTokens = try addedTokens().map { token in
      var token = token
      token.isNormalized = false
      return token
    }
    return parts
  }

  static func json(_ name: String, in folder: URL) throws -> JSONNode? {
    let file = folder.appendingPathComponent(name)
    return FileBytes.exists(file) ? try FileBytes.json(file) : nil
  }

  /// The id of a token that the files name by its role; nil if they name none.
  private func specialToken(_ role: String, in parts: TokenizerParts) throws -> TokenID? {
    guard let node = try config?.member(role) ?? specialTokensMap?.member(role) else { return nil }
    let content = try Self.content(of: node)
    guard let id = parts.tokenID(of: content) else {
      throw node.malformed("the token \"\(content)\" is not in the vocabulary")
    }
    return id
  }

  /// A token is given as a string, or as an object with its content.
  static func content(of node: JSONNode) throws -> String {
    if case .object = node.value { return try node.required("content").string() }
    return try node.string()
  }
}
