/// The merges of a byte-pair model: which two tokens join, when (lower ranks first), and to what.
struct MergeTable: Sendable {
  private var table: IntegerTable

  init(minimumCapacity: Int) { table = IntegerTable(minimumCapacity: minimumCapacity) }

  subscript(left: TokenID, right: TokenID) -> (rank: UInt32, token: TokenID)? {
    guard let value = table[Self.key(left, right)] else { return nil }
    return (UInt32(truncatingIfNeeded: value >> 32), TokenID(truncatingIfNeeded: value))
  }

  /// Adds a merge; of two with the same left and right, the later one counts.
  mutating func insert(_ left: TokenID, _ right: TokenID, rank: UInt32, token: TokenID) {
    table.set(
      Self.key(left, right), to: UInt64(rank) << 32 | UInt64(UInt32(bitPattern: token)))
  }

  private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}
