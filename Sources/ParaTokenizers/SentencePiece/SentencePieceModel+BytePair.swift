extension SentencePieceModel {
  /// SentencePiece joins two neighbours whenever their joint is a piece, the one of highest score
  /// first. So every way to cut a piece into two pieces is a merge, ranked by the piece's score.
  ///
  /// An unused piece would be joined and then taken apart again; it is refused unless no merges lead
  /// to it.
  func bytePairModel(_ vocabulary: Vocabulary, _ unknown: UnknownPolicy) throws -> BytePairModel {
    var merges = MergeTable(minimumCapacity: 4 * pieces.count)
    for (id, rank) in ranks() {
      let isMade = merges.insertAllCuts(of: TokenID(id), rank: rank, in: vocabulary) {
        isJoined(pieces[Int($0)])
      }
      if isMade, pieces[id].kind == .unused {
        throw TokenizerError(
          .unsupported, "the unused piece \"\(pieces[id].piece)\" can be made of other pieces",
          file: file, location: "pieces[\(id)]")
      }
    }
    return BytePairModel(
      vocabulary: vocabulary, merges: merges, unknown: unknown, takesWholeWords: false,
      indivisible: userDefinedPieces(),
      reserved: Set(pieces.indices.filter { !isJoined(pieces[$0]) }.map { TokenID($0) }))
  }

  private func isJoined(_ piece: SentencePiece) -> Bool {
    piece.kind == .normal || piece.kind == .unused
  }

  /// The pieces that may be joined, with their ranks; equal scores have equal ranks, so that among
  /// them the leftmost pair is first.
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
