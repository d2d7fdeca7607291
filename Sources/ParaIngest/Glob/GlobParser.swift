/// Splits a glob pattern into its tokens.
struct GlobParser {
  private var rest: Substring

  init(_ pattern: Substring) { rest = pattern }

  /// `nil` when the pattern is malformed.
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

  /// The set whose bracket was just taken; `]` is an ordinary character in the first place.
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
