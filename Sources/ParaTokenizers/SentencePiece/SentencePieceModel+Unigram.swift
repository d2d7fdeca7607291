extension SentencePieceModel {
  /// Text is cut into normal and user-defined pieces; the latter score so high that they always
  /// win.
  ///
  /// SentencePiece starts its search for the highest score at `FLT_MIN`, which is above every
  /// logarithm of a probability.
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
