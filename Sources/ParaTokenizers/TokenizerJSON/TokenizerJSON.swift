internal import ParaJSON

/// Reads a `tokenizer.json` of Hugging Face's `tokenizers`, version 1.0.
///
/// `truncation` and `padding` are ignored: they are defaults of a caller, not properties of the
/// vocabulary. Everything else that is not known is refused by name.
enum TokenizerJSON {
  static func components(_ root: JSONNode) throws -> TokenizerComponents {
    try root.allowOnly(
      "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
      "post_processor", "decoder", "model")
    var parts = TokenizerComponents(model: try model(try root.required("model")))
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

  /// The elements of a `Sequence`, or the one element that the node is.
  static func flatten<T>(
    _ node: JSONNode, sequenceKey: String, _ read: (JSONNode) throws -> [T]
  ) throws -> [T] {
    guard try node.type() == "Sequence" else { return try read(node) }
    try node.allowOnly("type", sequenceKey)
    return try node.required(sequenceKey).elements().flatMap {
      try flatten($0, sequenceKey: sequenceKey, read)
    }
  }

  /// The UTF-8 of a string, which must not be empty.
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

extension TokenizerJSON {
  static func addedTokens(_ node: JSONNode) throws -> [AddedToken] {
    try node.elements().map { try addedToken($0, id: try $0.required("id").tokenID()) }
  }

  /// The token described by an object, as in `added_tokens` and in `added_tokens_decoder`.
  ///
  /// - Parameter isSpecial: Replaces what the object says of it.
  static func addedToken(_ node: JSONNode, id: TokenID, isSpecial: Bool? = nil) throws -> AddedToken
  {
    try node.allowOnly(
      "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special", "__type")
    var token = AddedToken(id: id, content: try node.required("content").string())
    token.isSingleWord = try node.bool("single_word", default: false)
    token.stripsLeft = try node.bool("lstrip", default: false)
    token.stripsRight = try node.bool("rstrip", default: false)
    token.isSpecial = try isSpecial ?? node.bool("special", default: false)
    token.isNormalized = try node.bool("normalized", default: !token.isSpecial)
    return token
  }
}

extension TokenizerJSON {
  /// The post-processor. In a sequence, later ones enclose earlier ones; `ByteLevel` only trims
  /// offsets, which are not computed here.
  static func template(_ node: JSONNode) throws -> SpecialTokenTemplate {
    let templates = try flatten(node, sequenceKey: "processors") { [try singleTemplate($0)] }
    return templates.reduce(into: SpecialTokenTemplate()) { whole, template in
      whole.prefix = template.prefix + whole.prefix
      whole.suffix += template.suffix
    }
  }

  private static func singleTemplate(_ node: JSONNode) throws -> SpecialTokenTemplate {
    switch try node.type() {
    case "ByteLevel":
      try node.allowOnly("type", "add_prefix_space", "trim_offsets", "use_regex")
      return SpecialTokenTemplate()
    case "TemplateProcessing":
      try node.allowOnly("type", "single", "pair", "special_tokens")
      return try templateProcessing(node)
    case let other: throw node.unsupported("the post-processor \"\(other)\" is not supported")
    }
  }

  private static func templateProcessing(_ node: JSONNode) throws -> SpecialTokenTemplate {
    let specialTokens = try node.required("special_tokens")
    let single = try node.required("single")
    var template = SpecialTokenTemplate()
    var seesText = false
    for piece in try single.elements() {
      try piece.allowOnly("SpecialToken", "Sequence")
      if let special = try piece.member("SpecialToken") {
        let ids = try ids(of: try special.required("id"), in: specialTokens)
        if seesText { template.suffix += ids } else { template.prefix += ids }
      } else {
        guard !seesText else { throw piece.unsupported("the text stands twice in the template") }
        seesText = true
      }
    }
    guard seesText else { throw single.malformed("the text has no place in the template") }
    return template
  }

  private static func ids(of name: JSONNode, in tokens: JSONNode) throws -> [TokenID] {
    let key = try name.string()
    guard let token = try tokens.member(key) else {
      throw name.malformed("\"\(key)\" is not among the special_tokens")
    }
    return try token.required("ids").elements().map { try $0.tokenID() }
  }
}
