internal import Foundation
internal import ParaJSON

/// Added tokens and tokenizer family of folders without a `tokenizer.json`.
extension TokenizerFolder {
  /// `added_tokens_decoder` of `tokenizer_config.json`, else `added_tokens.json`.
  func addedTokens() throws -> [AddedToken] {
    if let decoder = try config?.member("added_tokens_decoder") {
      return try decoder.members().map { key, node in
        let number = key.utf8.count < 16 ? Double(key) ?? -1 : -1
        let id = try JSONNode(.double(number), file: node.file, path: node.path).tokenID()
        return try TokenizerJSON.addedToken(node, id: id)
      }
    }
    guard let tokens = try Self.json("added_tokens.json", in: folder) else { return [] }
    return try tokens.members().map { key, node in
      AddedToken(id: try node.tokenID(), content: key, isSpecial: true)
    }
  }

  /// The model family, whose pre-tokenization `vocab.json` and `merges.txt` do not name.
  func family() throws -> ByteLevelFamily {
    let tokenizerClass = try config?.member("tokenizer_class")?.string()
    let modelType = try Self.json("config.json", in: folder)?.member("model_type")?.string()
    for name in [tokenizerClass, modelType].compactMap({ $0?.lowercased() }) {
      if name.hasPrefix("gpt2") { return .gpt2 }
      if name.hasPrefix("qwen2") || name.hasPrefix("qwen3") { return .qwen2 }
    }
    throw TokenizerError(
      .unsupported,
      "vocab.json and merges.txt do not say how text is cut into words; expected a"
        + " tokenizer_config.json with tokenizer_class GPT2Tokenizer or Qwen2Tokenizer, or a"
        + " config.json with model_type gpt2 or qwen2", file: folder.path)
  }
}

extension TokenizerFolder {
  /// `add_bos_token` and `add_eos_token` apply to SentencePiece models, and to a `tokenizer.json`
  /// if the tokenizer class is that of Llama or Gemma: like `transformers`, these classes rebuild
  /// the template whatever the file has. Other classes keep the template of the file.
  func applyTemplate(to parts: inout TokenizerComponents) throws {
    guard let config, try rebuildsTemplate(parts) else { return }
    let hasTokenByDefault = parts.beginOfSequence != nil
    parts.template = SpecialTokenTemplate()
    if try config.bool("add_bos_token", default: hasTokenByDefault) {
      parts.template.prefix = [try required(parts.beginOfSequence, "add_bos_token", "bos_token")]
    }
    if try config.bool("add_eos_token", default: false) {
      parts.template.suffix = [try required(parts.endOfSequence, "add_eos_token", "eos_token")]
    }
  }

  private func rebuildsTemplate(_ parts: TokenizerComponents) throws -> Bool {
    if parts.normalizers.contains(where: { $0 is SentencePieceNormalizer }) { return true }
    switch try config?.member("tokenizer_class")?.string() {
    case "LlamaTokenizer", "LlamaTokenizerFast", "GemmaTokenizer", "GemmaTokenizerFast": return true
    default: return false
    }
  }

  private func required(_ token: TokenID?, _ key: String, _ role: String) throws -> TokenID {
    guard let token else {
      throw TokenizerError(
        .malformed, "it is true, but no file names the \(role)", file: config?.file ?? folder.path,
        location: key)
    }
    return token
  }
}
