/// A pattern for names, such as `*.jsonl` or `data/**/dev-[0-9].json`.
///
/// `*` matches any characters except `/`, `**` any characters, `**/` any number of whole folders, `?`
/// one character except `/`, `[a-z]` one of a set and `[!a-z]` one outside it; `\` escapes a character. A
/// pattern without `/` is matched against the last component of the name, any other against the whole
/// name; a leading `./` of either is ignored.
///
/// POSIX `fnmatch` has no `**`, and backtracks. Here all states of the pattern advance at once, so that
/// matching takes time proportional to pattern × name for any pattern.
package struct Glob: Sendable, Hashable {
  enum Token: Sendable, Hashable {
    case character(Character)
    case anyCharacter
    case anyRun(crossesFolders: Bool)
    case set([ClosedRange<Character>], isNegated: Bool)
    /// The next `count` tokens are optional together.
    case optional(count: Int)
  }

  private let tokens: [Token]
  private let matchesWholeName: Bool

  /// Nil if a `[` is not closed or a range is empty or reversed, as in `[z-a]`.
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
    // A set of states of a nondeterministic automaton; a state is the number of tokens matched.
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

  /// Adds a state, and the states reachable from it without a character.
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

/// Parses a glob pattern.
private struct GlobParser {
  private var rest: Substring

  init(_ pattern: Substring) { rest = pattern }

  /// Nil if the pattern is malformed.
  mutating func tokens() -> [Glob.Token]? {
    var tokens: [Glob.Token] = []
    var previous: Character = "/"
    while let character = rest.popFirst() {
      switch character {
      case "*": tokens += run(isAtFolderStart: previous == "/")
      case "?": tokens.append(.anyCharacter)
      case "[":
        guard let set = set() else { return nil }
        tokens.append(set)
      case "\\": tokens.append(.character(rest.popFirst() ?? "\\"))
      default: tokens.append(.character(character))
      }
      previous = character
    }
    return tokens
  }

  private mutating func run(isAtFolderStart: Bool) -> [Glob.Token] {
    guard rest.first == "*" else { return [.anyRun(crossesFolders: false)] }
    while rest.first == "*" { rest.removeFirst() }
    guard isAtFolderStart, rest.first == "/" else { return [.anyRun(crossesFolders: true)] }
    rest.removeFirst()
    return [.optional(count: 2), .anyRun(crossesFolders: true), .character("/")]
  }

  /// The set after its opening bracket; `]` as the first character is literal.
  private mutating func set() -> Glob.Token? {
    let isNegated = rest.first == "!"
    if isNegated { rest.removeFirst() }
    var ranges: [ClosedRange<Character>] = []
    while let lower = rest.popFirst() {
      if lower == "]", !ranges.isEmpty { return .set(ranges, isNegated: isNegated) }
      var upper = lower
      if rest.first == "-", let end = rest.dropFirst().first, end != "]" {
        rest.removeFirst(2)
        upper = end
      }
      guard lower <= upper else { return nil }
      ranges.append(lower...upper)
    }
    return nil
  }
}
