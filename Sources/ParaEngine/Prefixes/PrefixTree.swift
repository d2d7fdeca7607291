package import ParaDecoding

/// The beginnings that prompts share: which are worth a prefill of their own, and which prompt continues from which.
///
/// Beginnings end at whole groups of 16 tokens, as KV caches are laid out, and leave each prompt a token of its own.
package struct PrefixTree: Sendable {
  /// A beginning that two prompts or more have.
  package struct Node: Sendable, Hashable {
    /// A prompt that begins so.
    package var prompt: Int
    /// Tokens.
    package var length: Int
    /// The shorter beginning that this one continues.
    package var parent: Int?
    /// Ancestors; beginnings of one depth can be prefilled together.
    package var depth: Int
  }

  /// Parents come before their children.
  package private(set) var nodes: [Node] = []
  /// The longest shared beginning of each prompt.
  package private(set) var nodeOfPrompt: [Int?]
  private let prompts: [[TokenID]]

  /// Tokens of a group.
  static let group = 16
  /// A beginning must be longer than its parent by this much to be worth its own prefill.
  static let least = 32
  /// Ancestors at most. Few-shot examples, a passage and a question are three levels.
  static let greatestDepth = 4

  package init(_ prompts: [[TokenID]]) {
    self.prompts = prompts
    nodeOfPrompt = prompts.map { _ in nil }
    let sorted = prompts.indices.sorted { prompts[$0].lexicographicallyPrecedes(prompts[$1]) }
    grow(sorted[...], from: nil)
  }

  /// - Parameter items: Prompts that share at least the parent's beginning, sorted by their tokens.
  private mutating func grow(_ items: ArraySlice<Int>, from parent: Int?) {
    let depth = parent.map { nodes[$0].depth + 1 } ?? 0
    guard items.count > 1, depth < Self.greatestDepth, let first = items.first,
      let last = items.last
    else { return }
    let base = parent.map { nodes[$0].length } ?? 0
    // Of sorted prompts the first and the last share the least.
    let common = PrefixTree.common(prompts[first], prompts[last])
    let shortest = items.map { prompts[$0].count }.min() ?? 0
    let length = min(common, shortest - 1) / Self.group * Self.group
    var own = parent
    if length >= base + Self.least {
      nodes.append(Node(prompt: first, length: length, parent: parent, depth: depth))
      own = nodes.count - 1
      for item in items { nodeOfPrompt[item] = own }
    }
    for branch in branches(items, at: max(length, base)) { grow(branch, from: own) }
  }

  /// The runs of prompts whose next group of tokens is the same.
  private func branches(_ items: ArraySlice<Int>, at position: Int) -> [ArraySlice<Int>] {
    var runs: [ArraySlice<Int>] = []
    var start = items.startIndex
    for index in items.indices
    where index + 1 == items.endIndex || !continues(index, items, position) {
      if index > start { runs.append(items[start...index]) }
      start = index + 1
    }
    return runs
  }

  /// Whether a prompt and the one that follows it have the same whole group at a position.
  private func continues(_ index: Int, _ items: ArraySlice<Int>, _ position: Int) -> Bool {
    let end = position + Self.group
    let (one, other) = (prompts[items[index]], prompts[items[index + 1]])
    return one.count > end && other.count > end && one[position..<end] == other[position..<end]
  }

  /// How many tokens two prompts have in common at their beginning.
  static func common(_ one: [TokenID], _ other: [TokenID]) -> Int {
    let limit = min(one.count, other.count)
    return (0..<limit).first { one[$0] != other[$0] } ?? limit
  }
}
