extension MergeTable {
  /// Adds every way to cut a piece into two pieces as a merge of that rank.
  ///
  /// - Parameter isPart: whether a piece may be a part.
  /// - Returns: whether there was such a way.
  @discardableResult
  mutating func insertAllCuts(
    of id: TokenID, rank: UInt32, in vocabulary: Vocabulary, where isPart: (TokenID) -> Bool
  ) -> Bool {
    guard let piece = vocabulary.bytes(of: id).map({ Array($0) }) else { return false }
    var found = false
    for cut in piece.indices.dropFirst() where piece[cut] & 0xC0 != 0x80 {
      guard let left = vocabulary.id(of: piece.span.extracting(0..<cut)), isPart(left),
        let right = vocabulary.id(of: piece.span.extracting(cut..<piece.count)), isPart(right)
      else { continue }
      insert(left, right, rank: rank, token: id)
      found = true
    }
    return found
  }
}
