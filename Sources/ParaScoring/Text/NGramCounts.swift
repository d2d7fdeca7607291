/// How often each run of `order` elements occurs in a sequence.
struct NGramCounts<Element: Hashable> {
  private var counts: [ArraySlice<Element>: Int] = [:]
  /// Of all runs, repeated ones included.
  private(set) var total = 0

  init() {}

  init(_ elements: [Element], order: Int) {
    guard elements.count >= order else { return }
    counts.reserveCapacity(elements.count)
    for start in 0...(elements.count - order) {
      counts[elements[start..<(start + order)], default: 0] += 1
    }
    total = elements.count - order + 1
  }

  /// The number of runs that both have, each as often as both have it.
  func common(with other: NGramCounts) -> Int {
    counts.reduce(0) { $0 + min($1.value, other.counts[$1.key] ?? 0) }
  }

  /// Takes the larger of both counts of each run.
  mutating func formMaximum(_ other: NGramCounts) {
    counts.merge(other.counts, uniquingKeysWith: max)
    total = counts.values.reduce(0, +)
  }
}
