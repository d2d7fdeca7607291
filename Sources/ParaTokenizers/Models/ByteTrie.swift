/// A set of byte strings, each with a value, for finding those that start at a position of a text.
struct ByteTrie: Sendable {
  private var edges = IntegerTable()
  /// The value of the string that ends at each node; −1 if none does.
  private var values: [Int32] = [-1]

  var isEmpty: Bool { values.count == 1 }

  /// Adds a string; if it is there already, its first value stays. The empty string is never found.
  mutating func insert(_ string: [UInt8], value: Int32) {
    guard !string.isEmpty else { return }
    var node = 0
    for byte in string {
      if let child = child(of: node, byte) {
        node = child
      } else {
        values.append(-1)
        edges.set(Self.key(node, byte), to: UInt64(values.count - 1))
        node = values.count - 1
      }
    }
    if values[node] < 0 { values[node] = value }
  }

  /// The longest string at `position`.
  func longestMatch(in text: Span<UInt8>, at position: Int) -> (end: Int, value: Int32)? {
    var longest: (end: Int, value: Int32)?
    forEachMatch(in: text, at: position) { longest = ($0, $1) }
    return longest
  }

  /// Calls `body` with the end and value of every string at `position`, shortest first.
  @inline(__always)
  func forEachMatch(in text: Span<UInt8>, at position: Int, _ body: (Int, Int32) -> Void) {
    var node = 0
    var end = position
    while end < text.count, let child = child(of: node, text[end]) {
      node = child
      end += 1
      if values[node] >= 0 { body(end, values[node]) }
    }
  }

  private func child(of node: Int, _ byte: UInt8) -> Int? {
    edges[Self.key(node, byte)].map { Int(truncatingIfNeeded: $0) }
  }

  private static func key(_ node: Int, _ byte: UInt8) -> UInt64 {
    UInt64(node) << 8 | UInt64(byte)
  }
}
