/// The merges of a byte-pair model: for a pair of tokens, the rank (lower ranks merge first) and
/// the resulting token.
struct MergeTable: Sendable {
  private var table: IntegerTable

  init(minimumCapacity: Int) { table = IntegerTable(minimumCapacity: minimumCapacity) }

  subscript(left: TokenID, right: TokenID) -> (rank: UInt32, token: TokenID)? {
    guard let value = table[Self.key(left, right)] else { return nil }
    return (UInt32(truncatingIfNeeded: value >> 32), TokenID(truncatingIfNeeded: value))
  }

  /// Adds a merge; a later merge of the same pair replaces an earlier one.
  mutating func insert(_ left: TokenID, _ right: TokenID, rank: UInt32, token: TokenID) {
    table.set(
      Self.key(left, right), to: UInt64(rank) << 32 | UInt64(UInt32(bitPattern: token)))
  }

  private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}

extension MergeTable {
  /// Adds every split of a piece into two pieces as a merge of that rank.
  ///
  /// - Parameter isPart: Whether a piece may be one of the two.
  /// - Returns: Whether there was such a split.
  @discardableResult
  mutating func insertAllSplits(
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
