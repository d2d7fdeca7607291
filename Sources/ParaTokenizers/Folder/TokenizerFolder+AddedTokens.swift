internal import Foundation
internal import ParaJSON

/// What folders without a `tokenizer.json` say about added tokens and the tokenizer's family.
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

  /// Which model's cutting `vocab.json` and `merges.txt` go with; the two files do not say.
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
