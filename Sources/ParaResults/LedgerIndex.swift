/// Where each row's record stands: eight bytes a row, as row numbers have no gaps in the end.
struct LedgerIndex {
  /// By row number the record's offset, or 0: there stands the start record, which is no row.
  private var offsets: [Int] = []
  /// How many rows there are.
  private(set) var count = 0

  subscript(row: Int) -> Int? {
    guard offsets.indices.contains(row), offsets[row] > 0 else { return nil }
    return offsets[row]
  }

  /// Adds a row; false if it is there already.
  mutating func insert(_ row: Int, at offset: Int) -> Bool {
    guard self[row] == nil else { return false }
    if row >= offsets.count {
      offsets.append(contentsOf: repeatElement(0, count: row + 1 - offsets.count))
    }
    offsets[row] = offset
    count += 1
    return true
  }

  /// One more than the greatest row number; 0 if there is none.
  var end: Int { offsets.count }

  /// The first row below `total` that is missing.
  func firstMissing(below total: Int) -> Int? { (0..<total).first { self[$0] == nil } }
}
