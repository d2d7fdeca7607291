internal import ParaJSON

extension TokenizerJSON {
  /// A unigram model: `vocab` is a list of `[piece, score]`, and an id is a place in it.
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
