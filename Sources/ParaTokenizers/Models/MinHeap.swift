/// A binary heap of integers, smallest first.
struct MinHeap {
  private(set) var items: [UInt64] = []

  var isEmpty: Bool { items.isEmpty }

  mutating func removeAll() { items.removeAll(keepingCapacity: true) }

  /// Adds without keeping the order; `restoreOrder` must follow before the first `popMinimum`.
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
