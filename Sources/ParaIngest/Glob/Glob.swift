/// A pattern for names, such as `*.jsonl` or `data/**/dev-[0-9].json`.
///
/// `*` stands for any run of characters without `/`, `**` for any run, `**/` for any run of whole
/// folders or none, `?` for one character but `/`, `[a-z]` for one of a set and `[!a-z]` for one
/// outside it, `\` before a character for that character. A pattern without `/` is matched against
/// the name's last component, any other against the whole name; a leading `./` of either is
/// ignored. Matching takes time in proportion to pattern × name, whatever they are.
package struct Glob: Sendable, Hashable {
  enum Token: Sendable, Hashable {
    case character(Character)
    case anyCharacter
    case anyRun(crossesFolders: Bool)
    case set([ClosedRange<Character>], isNegated: Bool)
    /// The following tokens may be left out together.
    case optional(count: Int)
  }

  private let tokens: [Token]
  private let matchesWholeName: Bool

  /// `nil` when a `[` is not closed or a set is empty or falls, as in `[z-a]`.
  package init?(_ pattern: String) {
    var parser = GlobParser(pattern.withoutLeadingDot)
    guard let tokens = parser.tokens() else { return nil }
    self.tokens = tokens
    matchesWholeName = pattern.withoutLeadingDot.contains("/")
  }

  package func matches(_ name: String) -> Bool {
    var name = name.withoutLeadingDot
    if !matchesWholeName, let slash = name.lastIndex(of: "/") {
      name = name[name.index(after: slash)...]
    }
    // All ways to match are followed at once: a state is the number of tokens used up.
    var states: Set<Int> = []
    enter(0, &states)
    for character in name {
      var next: Set<Int> = []
      for state in states where state < tokens.count {
        if let target = step(from: state, over: character) { enter(target, &next) }
      }
      states = next
    }
    return states.contains(tokens.count)
  }

  /// Adds a state, and those that are reached from it without a character.
  private func enter(_ state: Int, _ states: inout Set<Int>) {
    guard states.insert(state).inserted, state < tokens.count else { return }
    switch tokens[state] {
    case .anyRun: enter(state + 1, &states)
    case .optional(let count):
      enter(state + 1, &states)
      enter(state + 1 + count, &states)
    default: break
    }
  }

  private func step(from state: Int, over character: Character) -> Int? {
    switch tokens[state] {
    case .character(let expected): character == expected ? state + 1 : nil
    case .anyCharacter: character == "/" ? nil : state + 1
    case .anyRun(let crossesFolders): crossesFolders || character != "/" ? state : nil
    case .set(let ranges, let isNegated):
      character != "/" && ranges.contains { $0.contains(character) } != isNegated ? state + 1 : nil
    case .optional: nil
    }
  }
}

extension String {
  fileprivate var withoutLeadingDot: Substring { hasPrefix("./") ? dropFirst(2) : self[...] }
}
