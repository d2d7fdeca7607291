internal import Foundation
internal import ParaJSON

/// The tokenizer files of a Hugging Face model folder.
///
/// The vocabulary is read from the first of these that exists: `tokenizer.json`, `tokenizer.model`
/// (SentencePiece, or tiktoken ranks as in Llama 3), `vocab.json` with `merges.txt`.
/// `tokenizer_config.json` and `special_tokens_map.json` beside it name the special tokens.
struct TokenizerFolder {
  let folder: URL
  /// `tokenizer_config.json`, if it exists.
  let config: JSONNode?
  private let specialTokensMap: JSONNode?

  init(_ folder: URL) throws {
    self.folder = folder
    config = try Self.json("tokenizer_config.json", in: folder)
    specialTokensMap = try Self.json("special_tokens_map.json", in: folder)
  }

  func components() throws -> TokenizerComponents {
    var parts = try vocabularyComponents()
    let begin = try specialToken("bos_token", in: parts)
    let end = try specialToken("eos_token", in: parts)
    parts.beginOfSequence = begin ?? parts.beginOfSequence
    parts.endOfSequence = end ?? parts.endOfSequence
    try applyTemplate(to: &parts)
    return parts
  }

  private func vocabularyComponents() throws -> TokenizerComponents {
    let json = folder.appendingPathComponent("tokenizer.json")
    if FileBytes.exists(json) { return try TokenizerJSON.components(try FileBytes.json(json)) }
    let model = folder.appendingPathComponent("tokenizer.model")
    if FileBytes.exists(model) { return try modelComponents(model) }
    let vocabulary = folder.appendingPathComponent("vocab.json")
    let merges = folder.appendingPathComponent("merges.txt")
    if FileBytes.exists(vocabulary), FileBytes.exists(merges) {
      let files = VocabularyAndMerges(vocabulary: vocabulary, merges: merges, family: try family())
      return try files.components(addedTokens: try addedTokens())
    }
    throw TokenizerError(
      .unreadable,
      "no tokenizer.json, no tokenizer.model, and no vocab.json with merges.txt in the folder",
      file: folder.path)
  }

  private func modelComponents(_ file: URL) throws -> TokenizerComponents {
    let bytes = try FileBytes.read(file)
    if TiktokenRanks.isLikely(bytes) {
      return try TiktokenRanks(bytes, file: file.path).llama3Components()
    }
    var parts = try SentencePieceModel(bytes: bytes, file: file.path).tokenizerComponents()
    // SentencePiece matches them in the original text, whatever `normalized` says.
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

  /// The id of the token that the files give for a role; nil if they give none.
  private func specialToken(_ role: String, in parts: TokenizerComponents) throws -> TokenID? {
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
