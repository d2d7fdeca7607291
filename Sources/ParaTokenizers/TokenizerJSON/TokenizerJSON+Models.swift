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

  /// Older files have no type, but only BPE has merges.
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
      ignoresMerges: try node.bool("ignore_merges", default: false))
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

  /// A vocabulary as an object from pieces to ids.
  static func vocabulary(_ node: JSONNode) throws -> Vocabulary {
    var vocabulary = Vocabulary()
    for (key, id) in try node.members() {
      vocabulary.insert(Array(key.utf8), id: try id.tokenID())
    }
    return vocabulary
  }
}

extension TokenizerJSON {
  /// A unigram model: `vocab` is a list of `[piece, score]`, and the id is the index.
  static func unigramModel(_ node: JSONNode) throws -> UnigramModel {
    try node.allowOnly("type", "unk_id", "vocab", "byte_fallback")
    var vocabulary = Vocabulary()
    var pieces = ByteTrie()
    var scores: [Double] = []
    for (index, entry) in try node.required("vocab").elements().enumerated() {
      let (piece, score) = try pieceAndScore(entry)
      guard index <= Vocabulary.maximumID else { throw entry.malformed("too many pieces") }
      vocabulary.insert(piece, id: TokenID(index))
      pieces.insert(piece, value: Int32(index))
      scores.append(score)
    }
    return UnigramModel(
      vocabulary: vocabulary, pieces: pieces, scores: scores,
      unknownScore: (scores.min() ?? 0) - UnigramModel.unknownPenalty,
      unknown: UnknownPolicy(
        byteTokens: try byteTokens(node, vocabulary),
        token: try unknownToken(node, count: scores.count), fusesRuns: true),
      roundsToFloat: false)
  }

  private static func pieceAndScore(_ entry: JSONNode) throws -> ([UInt8], Double) {
    let parts = try entry.elements()
    guard parts.count == 2 else { throw entry.malformed("expected a piece and its score") }
    return (Array(try parts[0].string().utf8), try parts[1].double())
  }

  private static func unknownToken(_ node: JSONNode, count: Int) throws -> TokenID? {
    guard let unknown = try node.member("unk_id") else { return nil }
    let id = try unknown.tokenID()
    guard id < count else { throw unknown.malformed("there is no piece \(id)") }
    return id
  }
}

/// Builds a merge table from pairs of pieces in order of rank.
struct MergeReader {
  let vocabulary: Vocabulary

  /// Merges as a list of `"a b"` or of `["a", "b"]`.
  func table(_ node: JSONNode) throws -> MergeTable {
    let merges = try node.elements()
    var table = MergeTable(minimumCapacity: merges.count)
    for (rank, merge) in merges.enumerated() {
      let (left, right) = try pair(merge)
      guard insert(left, right, rank: rank, into: &table) else {
        throw merge.malformed("a part or the whole of the merge is not in the vocabulary")
      }
    }
    return table
  }

  /// Adds one merge; false if the two pieces or their concatenation are not in the vocabulary.
  func insert(_ left: [UInt8], _ right: [UInt8], rank: Int, into table: inout MergeTable) -> Bool {
    guard let leftID = vocabulary.id(of: left.span), let rightID = vocabulary.id(of: right.span),
      let token = vocabulary.id(of: (left + right).span)
    else { return false }
    table.insert(leftID, rightID, rank: UInt32(rank), token: token)
    return true
  }

  private func pair(_ merge: JSONNode) throws -> (left: [UInt8], right: [UInt8]) {
    if case .array = merge.value {
      let parts = try merge.elements()
      guard parts.count == 2 else {
        throw merge.malformed("expected two pieces, found \(parts.count)")
      }
      return (Array(try parts[0].string().utf8), Array(try parts[1].string().utf8))
    }
    let parts = try merge.string().utf8.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw merge.malformed("expected two pieces with a space between them")
    }
    return (Array(parts[0]), Array(parts[1]))
  }
}
