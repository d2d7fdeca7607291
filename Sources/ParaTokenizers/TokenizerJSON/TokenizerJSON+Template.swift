internal import ParaJSON

extension TokenizerJSON {
  /// The post-processor. Of several the later one encloses the earlier; `ByteLevel` only trims
  /// offsets, which are not kept here.
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
