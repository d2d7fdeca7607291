/// The symbols of one word while byte-pair merging joins them: a doubly linked list in three flat
/// arrays, and a heap of the pairs that may be merged.
///
/// Reused from word to word, so that a word costs no allocation.
struct MergeWorkspace {
  /// More symbols than this are not kept allocated after a word.
  private static let keptSymbols = 1 << 16

  /// The token of each symbol; −1 once the symbol has been merged into the one before it.
  private var tokens: [TokenID] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  private var queue = MinHeap()

  mutating func append(_ token: TokenID) { tokens.append(token) }

  /// Merges, always the pair of lowest rank and among equals the leftmost, until none is left;
  /// appends what remains to `ids` and empties the workspace.
  ///
  /// O(n log n) in the number of symbols. A pair in the queue may have changed since it was put
  /// there; it is stale if its place now has another rank.
  mutating func merge(by merges: MergeTable, into ids: inout [TokenID]) {
    if tokens.count > 1 {
      link()
      queueAllPairs(merges)
      while let entry = queue.popMinimum() { join(entry, merges) }
    }
    for token in tokens where token >= 0 { ids.append(token) }
    removeAll()
  }

  private mutating func link() {
    for index in 0..<Int32(tokens.count) {
      next.append(index + 1)
      previous.append(index - 1)
    }
  }

  private mutating func queueAllPairs(_ merges: MergeTable) {
    for index in 0..<tokens.count - 1 {
      if let merge = merges[tokens[index], tokens[index + 1]] {
        queue.appendUnordered(Self.entry(rank: merge.rank, place: index))
      }
    }
    queue.restoreOrder()
  }

  private mutating func join(_ entry: UInt64, _ merges: MergeTable) {
    let left = Int(entry & 0xFFFF_FFFF)
    let right = Int(next[left])
    guard tokens[left] >= 0, right < tokens.count,
      let merge = merges[tokens[left], tokens[right]], UInt64(merge.rank) == entry >> 32
    else { return }
    tokens[left] = merge.token
    tokens[right] = -1
    let after = Int(next[right])
    next[left] = Int32(after)
    if after < tokens.count {
      previous[after] = Int32(left)
      queuePair(left, after, merges)
    }
    if previous[left] >= 0 { queuePair(Int(previous[left]), left, merges) }
  }

  private mutating func queuePair(_ left: Int, _ right: Int, _ merges: MergeTable) {
    guard let merge = merges[tokens[left], tokens[right]] else { return }
    queue.push(Self.entry(rank: merge.rank, place: left))
  }

  private static func entry(rank: UInt32, place: Int) -> UInt64 {
    UInt64(rank) << 32 | UInt64(place)
  }

  private mutating func removeAll() {
    guard tokens.count <= Self.keptSymbols else {
      self = MergeWorkspace()
      return
    }
    tokens.removeAll(keepingCapacity: true)
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    queue.removeAll()
  }
}
