/// Merges the symbols of one word: a doubly linked list of symbols in three flat arrays, and a
/// priority queue of the pairs that can be merged.
///
/// Its buffers are reused from word to word, so that encoding a word allocates nothing.
struct BytePairMerger {
  /// Buffers of more symbols than this are freed after the word.
  private static let keptSymbols = 1 << 16

  /// The token of each symbol; −1 once the symbol is merged into the one before it.
  private var tokens: [TokenID] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  private var queue = MinHeap()

  mutating func append(_ token: TokenID) { tokens.append(token) }

  /// Merges the pair of lowest rank, and among equal ranks the leftmost, until no pair can be
  /// merged; appends the remaining tokens to `ids` and empties the buffers.
  ///
  /// O(n log n) in the number of symbols. Queued pairs may be stale: an entry is skipped if its
  /// symbol now forms a pair of another rank.
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
      self = BytePairMerger()
      return
    }
    tokens.removeAll(keepingCapacity: true)
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    queue.removeAll()
  }
}

/// A binary min-heap of integers.
struct MinHeap {
  private(set) var items: [UInt64] = []

  var isEmpty: Bool { items.isEmpty }

  mutating func removeAll() { items.removeAll(keepingCapacity: true) }

  /// Appends without restoring the heap order; `restoreOrder` must follow before the first
  /// `popMinimum`.
  mutating func appendUnordered(_ item: UInt64) { items.append(item) }

  mutating func restoreOrder() {
    for index in stride(from: items.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
  }

  mutating func push(_ item: UInt64) {
    var index = items.count
    items.append(item)
    while index > 0 {
      let parent = (index - 1) / 2
      if items[parent] <= item { break }
      items[index] = items[parent]
      index = parent
    }
    items[index] = item
  }

  mutating func popMinimum() -> UInt64? {
    guard let last = items.popLast() else { return nil }
    guard let minimum = items.first else { return last }
    items[0] = last
    siftDown(0)
    return minimum
  }

  private mutating func siftDown(_ start: Int) {
    let item = items[start]
    var index = start
    while true {
      var child = 2 * index + 1
      guard child < items.count else { break }
      if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
      if items[child] >= item { break }
      items[index] = items[child]
      index = child
    }
    items[index] = item
  }
}
