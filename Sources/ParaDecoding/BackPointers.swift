/// The back-pointers of a beam search: each node is a generated token and the index of the node
/// before it.
///
/// A lane is identified by its last node, so reordering beams copies an index and never tokens.
/// Grows by one node per lane and step.
struct BackPointers: Sendable {
  /// Where a sequence without generated tokens ends.
  static let root = -1

  private var tokens: [TokenID] = []
  private var parents: [Int32] = []

  init(capacity: Int) {
    tokens.reserveCapacity(capacity)
    parents.reserveCapacity(capacity)
  }

  /// Adds a node and returns its index.
  mutating func append(_ token: TokenID, after parent: Int) -> Int {
    tokens.append(token)
    parents.append(Int32(parent))
    return tokens.count - 1
  }

  /// The tokens from the sequence's first to `node`. Complexity: O(length).
  func sequence(endingAt node: Int) -> [TokenID] {
    var reversed: [TokenID] = []
    var node = node
    while node != Self.root {
      reversed.append(tokens[node])
      node = Int(parents[node])
    }
    reversed.reverse()
    return reversed
  }
}
