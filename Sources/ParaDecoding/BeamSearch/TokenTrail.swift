/// The tokens of all lanes that ever ran, as a tree: each node a token and the node before it.
///
/// A lane is the number of its last node, so beams reorder by number and no token is ever copied.
/// Grows by one node per lane and step.
struct TokenTrail: Sendable {
  /// The number of the node before a sequence's first.
  static let root = -1

  private var tokens: [TokenID] = []
  private var parents: [Int32] = []

  init(capacity: Int) {
    tokens.reserveCapacity(capacity)
    parents.reserveCapacity(capacity)
  }

  var count: Int { tokens.count }

  mutating func append(_ token: TokenID, after parent: Int) -> Int {
    tokens.append(token)
    parents.append(Int32(parent))
    return tokens.count - 1
  }

  /// The tokens from the sequence's first to `node`; O(their number).
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
