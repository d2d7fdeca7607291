extension SentencePieceModel {
  /// SentencePiece merges two adjacent symbols whenever their concatenation is a piece, highest
  /// score first. So every split of a piece into two pieces is a merge, ranked by the score of the
  /// piece.
  ///
  /// SentencePiece would merge to an unused piece and then split it again; that is not supported,
  /// and such a piece is refused unless no merge leads to it.
  func bytePairModel(_ vocabulary: Vocabulary, _ unknown: UnknownPolicy) throws -> BytePairModel {
    var merges = MergeTable(minimumCapacity: 4 * pieces.count)
    for (id, rank) in ranks() {
      let isMade = merges.insertAllSplits(of: TokenID(id), rank: rank, in: vocabulary) {
        isJoined(pieces[Int($0)])
      }
      if isMade, pieces[id].kind == .unused {
        throw TokenizerError(
          .unsupported, "the unused piece \"\(pieces[id].piece)\" can be made of other pieces",
          file: file, location: "pieces[\(id)]")
      }
    }
    return BytePairModel(
      vocabulary: vocabulary, merges: merges, unknown: unknown, ignoresMerges: false,
      userDefined: userDefinedPieces(),
      reserved: Set(pieces.indices.filter { !isJoined(pieces[$0]) }.map { TokenID($0) }))
  }

  private func isJoined(_ piece: SentencePiece) -> Bool {
    piece.kind == .normal || piece.kind == .unused
  }

  /// The pieces to which merges may lead, with their ranks; equal scores have equal ranks, so that
  /// the leftmost pair is merged first.
  private func ranks() -> [(id: Int, rank: UInt32)] {
    let order = pieces.indices.filter { isJoined(pieces[$0]) }
      .sorted { pieces[$0].score > pieces[$1].score }
    var rank: UInt32 = 0
    return order.enumerated().map { place, id in
      if place > 0, pieces[id].score < pieces[order[place - 1]].score { rank += 1 }
      return (id, rank)
    }
  }
}

extension SentencePieceModel {
  /// Text is segmented into normal and user-defined pieces; scores of the latter are so high that
  /// they always win.
  ///
  /// SentencePiece starts its search for the highest score at `FLT_MIN`, which is above every log
  /// probability.
  func unigramModel(_ vocabulary: Vocabulary, _ unknown: UnknownPolicy) -> UnigramModel {
    let normalScores = pieces.filter { $0.kind == .normal }.map(\.score)
    let highest = max(normalScores.max() ?? 0, Float.leastNormalMagnitude)
    let lowest = normalScores.min() ?? 0
    var trie = ByteTrie()
    for (id, piece) in pieces.enumerated() where piece.kind == .normal || piece.kind == .userDefined
    {
      trie.insert(Array(piece.piece.utf8), value: Int32(id))
    }
    let scores = pieces.map { piece in
      guard piece.kind == .userDefined else { return Double(piece.score) }
      return Double(Float(piece.piece.utf8.count) * highest) - 0.1
    }
    return UnigramModel(
      vocabulary: vocabulary, pieces: trie, scores: scores,
      unknownScore: Double(lowest - Float(UnigramModel.unknownPenalty)), unknown: unknown,
      roundsToFloat: true)
  }
}
