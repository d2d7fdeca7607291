internal import ParaJSON

/// Reads a `tokenizer.json` of Hugging Face's `tokenizers`, version 1.0.
///
/// `truncation` and `padding` are passed over: they are habits of a caller, not of the vocabulary.
/// Everything else that is not known is refused by name.
enum TokenizerJSON {
  static func parts(_ root: JSONNode) throws -> TokenizerParts {
    try root.allowOnly(
      "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
      "post_processor", "decoder", "model")
    var parts = TokenizerParts(model: try model(try root.required("model")))
    parts.addedTokens = try root.member("added_tokens").map(addedTokens) ?? []
    parts.normalizers = try root.member("normalizer").map(normalizers) ?? []
    parts.preTokenizers = try root.member("pre_tokenizer").map(preTokenizers) ?? []
    parts.decoders = try root.member("decoder").map(decoders) ?? [SpaceDecoder()]
    parts.template = try root.member("post_processor").map(template) ?? SpecialTokenTemplate()
    if let model = parts.model as? BytePairModel, model.allowsWordStartSplit {
      parts.preTokenizers.append(WordStartSplit())
    }
    return parts
  }

  /// The parts of a `Sequence`, or the one part that the node is.
  static func flatten<T>(
    _ node: JSONNode, sequenceKey: String, _ read: (JSONNode) throws -> [T]
  ) throws -> [T] {
    guard try node.type() == "Sequence" else { return try read(node) }
    try node.allowOnly("type", sequenceKey)
    return try node.required(sequenceKey).elements().flatMap {
      try flatten($0, sequenceKey: sequenceKey, read)
    }
  }

  /// A string as UTF-8, which must not be empty.
  static func literal(_ node: JSONNode) throws -> [UInt8] {
    let string = try node.string()
    guard !string.isEmpty else { throw node.malformed("expected a string that is not empty") }
    return Array(string.utf8)
  }
}

extension JSONNode {
  /// The member `type`, which names the variant of every component of a `tokenizer.json`.
  func type() throws -> String { try required("type").string() }

  func tokenID() throws -> TokenID {
    let id = try int()
    guard let id = TokenID(exactly: id), id >= 0, id <= Vocabulary.maximumID else {
      throw malformed("the token id \(id) is not between 0 and \(Vocabulary.maximumID)")
    }
    return id
  }
}
