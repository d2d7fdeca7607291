internal import ParaJSON

/// Makes a merge table of pairs of pieces in order of rank.
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

  /// Adds one merge; false if its parts or their joint are not all pieces.
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
