internal import Foundation
internal import ParaJSON

/// The tokenizer files of a Hugging Face model folder.
///
/// The vocabulary is read from the first of these that exists: `tokenizer.json`, `tokenizer.model`
/// (SentencePiece, or tiktoken ranks as in Llama 3), `vocab.json` with `merges.txt`. What stands beside it says which
/// tokens are special and which class of transformers reads the files.
struct TokenizerFolder {
  private let folder: URL
  private let tokenizerJSON: JSONNode?
  private let configuration: TokenizerConfiguration
  /// The model's `config.json`.
  private let model: JSONNode?

  init(_ folder: URL) throws {
    self.folder = folder
    tokenizerJSON = try TokenizerConfiguration.json("tokenizer.json", in: folder)
    configuration = try TokenizerConfiguration(folder: folder, tokenizerJSON: tokenizerJSON)
    model = try TokenizerConfiguration.json("config.json", in: folder)
  }

  func components() throws -> TokenizerComponents {
    var parts = try vocabularyComponents()
    let settings = configuration.settings
    let kind = try TokenizerClass(settings, model: model, isByteLevel: parts.isByteLevel)
    let roles = roles(kind?.defaultRoles ?? parts.roles)
    try kind?.rebuild(
      &parts, settings, unknown: roles.first { $0.name == "unk_token" }?.token?.content)
    try refuseSeparatePrefix(kind, parts)
    addTokens(roles, kind, to: &parts)
    parts.roles = roles
    try applySettings(to: &parts)
    return parts
  }

  private func vocabularyComponents() throws -> TokenizerComponents {
    if let tokenizerJSON { return try TokenizerJSON.components(tokenizerJSON) }
    let model = folder.appendingPathComponent("tokenizer.model")
    if FileBytes.exists(model) { return try modelComponents(model) }
    let vocabulary = folder.appendingPathComponent("vocab.json")
    let merges = folder.appendingPathComponent("merges.txt")
    if FileBytes.exists(vocabulary), FileBytes.exists(merges) {
      return try VocabularyAndMerges(
        vocabulary: vocabulary, merges: merges, family: try family()
      ).components()
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
    return try SentencePieceModel(bytes: bytes, file: file.path).tokenizerComponents()
  }

  /// The model family, whose pre-tokenization `vocab.json` and `merges.txt` do not name.
  private func family() throws -> ByteLevelFamily {
    switch try TokenizerClass(configuration.settings, model: model, isByteLevel: true) {
    case .gpt2: return .gpt2
    case .qwen2: return .qwen2
    case .llama, .gemma, nil: break
    }
    throw TokenizerError(
      .unsupported,
      "vocab.json and merges.txt do not say how text is cut into words; expected a"
        + " tokenizer_config.json with tokenizer_class GPT2Tokenizer or Qwen2Tokenizer, or a"
        + " config.json with model_type gpt2, qwen2 or qwen3", file: folder.path)
  }
}

extension TokenizerFolder {
  /// The roles of the files, then those of `defaults` of which the files say nothing.
  private func roles(_ defaults: [TokenizerConfiguration.Role]) -> [TokenizerConfiguration.Role] {
    let named = Set(configuration.roles.map(\.name))
    return configuration.roles + defaults.filter { !named.contains($0.name) }
  }

  /// Adds the tokens of `added_tokens_decoder` by their ids, then special tokens that are new.
  private func addTokens(
    _ roles: [TokenizerConfiguration.Role], _ kind: TokenizerClass?,
    to parts: inout TokenizerComponents
  ) {
    let special = roles.compactMap(\.token) + configuration.extraTokens
    let inRoles = Set(roles.compactMap { $0.token.map { Array($0.content.utf8) } })
    var tokens = configuration.addedTokens
    var known = Set((parts.addedTokens + tokens).map { Array($0.content.utf8) })
    tokens += special.filter { known.insert(Array($0.content.utf8)).inserted }
    for index in tokens.indices {
      if inRoles.contains(Array(tokens[index].content.utf8)) { tokens[index].isSpecial = true }
      // SentencePiece matches them in the original text, whatever `normalized` says.
      if parts.isSentencePiece { tokens[index].isNormalized = false }
    }
    parts.add(tokens)
    // This class adds them once more, without the files' flags.
    guard kind == .qwen2 else { return }
    parts.add(special.map { AddedToken(id: 0, content: $0.content, isSpecial: true) })
  }

  private func applySettings(to parts: inout TokenizerComponents) throws {
    let settings = configuration.settings
    parts.splitsSpecialTokens = try settings.bool("split_special_tokens", default: false)
    parts.chatControlTokens = try settings.member("chat_control_tokens")?.elements().map {
      try $0.string()
    }
    let cleansUpBPE = try settings.bool(
      "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output", default: false)
    if try settings.bool("clean_up_tokenization_spaces", default: false) {
      parts.cleansUpSpaces = cleansUpBPE || !(parts.model is BytePairModel)
    }
    // A `tokenizer.json` says itself what stands around a text.
    guard tokenizerJSON == nil else { return }
    let addsBegin = try settings.bool("add_bos_token", default: !parts.template.prefix.isEmpty)
    let addsEnd = try settings.bool("add_eos_token", default: false)
    parts.template.prefix = addsBegin ? parts.beginOfSequence.map { [$0] } ?? [] : []
    parts.template.suffix = addsEnd ? parts.endOfSequence.map { [$0] } ?? [] : []
  }

  /// Without a class of its own, a SentencePiece model prefixes a space to each text between added tokens.
  private func refuseSeparatePrefix(_ kind: TokenizerClass?, _ parts: TokenizerComponents) throws {
    guard kind == nil, parts.isSentencePiece,
      let legacy = try configuration.settings.member("legacy"), try !legacy.bool()
    else { return }
    throw legacy.unsupported(
      "false is supported with the tokenizer class LlamaTokenizer and with a tokenizer.json only")
  }
}

extension TokenizerComponents {
  fileprivate var isSentencePiece: Bool { normalizers.contains { $0 is SentencePieceNormalizer } }

  fileprivate var isByteLevel: Bool {
    preTokenizers.contains { $0 is ByteLevelPreTokenizer }
      || decoders.contains { $0 is ByteLevelDecoder }
  }
}
