internal import ParaJSON

extension TokenizerJSON {
  static func model(_ node: JSONNode) throws -> any TokenModel {
    switch try kind(ofModel: node) {
    case "BPE": return try bytePairModel(node)
    case "Unigram": return try unigramModel(node)
    case let other:
      throw node.unsupported("the model type \"\(other)\" is not one of BPE, Unigram")
    }
  }

  /// Older files leave the type out; then the keys tell.
  private static func kind(ofModel node: JSONNode) throws -> String {
    if let type = try node.member("type") { return try type.string() }
    return try node.member("merges") == nil ? "Unigram" : "BPE"
  }

  private static func bytePairModel(_ node: JSONNode) throws -> BytePairModel {
    try node.allowOnly(
      "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
      "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges")
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let affix = try node.member(key), try !affix.string().isEmpty {
        throw affix.unsupported("an affix is not supported; expected none")
      }
    }
    if let dropout = try node.member("dropout"), try dropout.double() != 0 {
      throw dropout.unsupported("dropout makes tokens random; expected none")
    }
    let vocabulary = try vocabulary(try node.required("vocab"))
    let merges = try node.required("merges")
    return BytePairModel(
      vocabulary: vocabulary,
      merges: try MergeReader(vocabulary: vocabulary).table(merges),
      unknown: try unknownPolicy(node, vocabulary),
      takesWholeWords: try node.bool("ignore_merges", default: false))
  }

  private static func unknownPolicy(_ node: JSONNode, _ vocabulary: Vocabulary) throws
    -> UnknownPolicy
  {
    let token = try node.member("unk_token").map { unknown in
      let piece = try unknown.string()
      guard let id = vocabulary.id(of: piece) else {
        throw unknown.malformed("the token \"\(piece)\" is not in the vocabulary")
      }
      return id
    }
    return UnknownPolicy(
      byteTokens: try byteTokens(node, vocabulary), token: token,
      fusesRuns: try node.bool("fuse_unk", default: false))
  }

  /// The tokens of single bytes if `byte_fallback` is on and the vocabulary has them.
  static func byteTokens(_ node: JSONNode, _ vocabulary: Vocabulary) throws -> [TokenID]? {
    guard let key = try node.member("byte_fallback"), try key.bool() else { return nil }
    let count = BytePiece.count(in: vocabulary)
    guard count == 0 || count == 256 else {
      throw key.unsupported("only \(count) of the 256 byte pieces are in the vocabulary")
    }
    return BytePiece.tokens(in: vocabulary)
  }

  /// A vocabulary as an object from piece to id.
  static func vocabulary(_ node: JSONNode) throws -> Vocabulary {
    var vocabulary = Vocabulary()
    for (key, id) in try node.members() {
      vocabulary.insert(Array(key.utf8), id: try id.tokenID())
    }
    return vocabulary
  }
}
