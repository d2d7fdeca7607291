internal import ParaJSON

extension TokenizerJSON {
  static func addedTokens(_ node: JSONNode) throws -> [AddedToken] {
    try node.elements().map { try addedToken($0, id: try $0.required("id").tokenID()) }
  }

  /// The token that an object describes, as in `added_tokens` and in `added_tokens_decoder`.
  static func addedToken(_ node: JSONNode, id: TokenID) throws -> AddedToken {
    try node.allowOnly(
      "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special", "__type")
    var token = AddedToken(id: id, content: try node.required("content").string())
    token.isSingleWord = try node.bool("single_word", default: false)
    token.stripsLeft = try node.bool("lstrip", default: false)
    token.stripsRight = try node.bool("rstrip", default: false)
    token.isSpecial = try node.bool("special", default: false)
    token.isNormalized = try node.bool("normalized", default: !token.isSpecial)
    return token
  }
}
