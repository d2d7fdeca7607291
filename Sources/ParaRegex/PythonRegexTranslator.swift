/// Rewrites an expression of Python's `re` for PCRE2, which shares most of its syntax but not the meaning of
/// `\w`, `\d`, `\s`, `\b`, `\Z`, `{,n}` and of escapes.
///
/// Whatever it emits is spelled out: classes by their properties, flags by what they change, names of groups
/// by numbers. Nothing of the expression reaches PCRE2 unread.
struct PythonRegexTranslator {
  let pattern: String
  private let text: [Unicode.Scalar]
  var index = 0
  var flags: PythonRegex.Flags
  private(set) var groupCount = 0
  private(set) var groupNames: [String: Int] = [:]
  /// Groups whose closing parenthesis has been read.
  private var closedGroups: Set<Int> = []
  private var depth = 0
  /// Whether the atom just read is a place, such as `^` or `\b`, which cannot be repeated.
  var isAnchor = false

  /// Python's own parser overflows somewhere above; no honest expression is near.
  private static let greatestDepth = 200

  init(_ pattern: String, _ flags: PythonRegex.Flags) {
    self.pattern = pattern
    self.flags = flags
    text = Array(pattern.unicodeScalars)
  }

  mutating func translate() throws(PythonRegexError) -> String {
    try readGlobalFlags()
    let translated = try alternatives()
    guard peek == nil else { throw error("has an unbalanced parenthesis") }
    return translated
  }

  // MARK: Reading

  var peek: Unicode.Scalar? { index < text.count ? text[index] : nil }

  mutating func next() -> Unicode.Scalar? {
    defer { index += 1 }
    return peek
  }

  mutating func take(_ expected: String) -> Bool {
    let scalars = Array(expected.unicodeScalars)
    guard text[min(index, text.count)...].starts(with: scalars) else { return false }
    index += scalars.count
    return true
  }

  func error(_ reason: String) -> PythonRegexError {
    PythonRegexError(pattern, "\(reason) (at character \(min(index, text.count))).")
  }

  /// `(?i)` and its like, which Python allows at the beginning alone.
  private mutating func readGlobalFlags() throws(PythonRegexError) {
    while take("(?") {
      let start = index
      var found: PythonRegex.Flags = []
      while let scalar = peek, let flag = try flag(scalar) {
        found.insert(flag)
        index += 1
      }
      guard index > start, take(")") else {
        index = start - 2
        return
      }
      flags.formUnion(found)
    }
  }

  /// Nil for what is no flag; the empty set for `u`, which is the default.
  private func flag(_ scalar: Unicode.Scalar) throws(PythonRegexError) -> PythonRegex.Flags? {
    switch scalar {
    case "a": return .ascii
    case "i": return .ignoreCase
    case "m": return .multiline
    case "s": return .dotAll
    case "x": return .verbose
    case "u": return []
    case "L": throw error("asks for the flag L, which is for bytes")
    default: return nil
    }
  }

  // MARK: Alternatives and sequences

  private mutating func alternatives() throws(PythonRegexError) -> String {
    var translated = try sequence()
    while take("|") { translated += "|" + (try sequence()) }
    return translated
  }

  private mutating func sequence() throws(PythonRegexError) -> String {
    var translated = ""
    while let scalar = peek, scalar != "|", scalar != ")" {
      if flags.contains(.verbose), skipVerbose() { continue }
      isAnchor = false
      let atom = try atom()
      guard !atom.isEmpty else { continue }
      let repeats = try quantifier()
      if isAnchor, !repeats.isEmpty { throw error("has nothing to repeat") }
      translated += atom + repeats
    }
    return translated
  }

  /// White space or a comment of a verbose expression.
  private mutating func skipVerbose() -> Bool {
    switch peek {
    case " ", "\t", "\n", "\r", "\u{0B}", "\u{0C}":
      index += 1
    case "#":
      while let scalar = next(), scalar != "\n" {}
      index = min(index, text.count)
    default: return false
    }
    return true
  }

  private mutating func atom() throws(PythonRegexError) -> String {
    switch next() {
    case "("?: return try group()
    case "["?: return try characterClass()
    case "\\"?: return try escape()
    case "."?: return flags.contains(.dotAll) ? "(?s:.)" : "[^\\n]"
    case "^"?:
      isAnchor = true
      return flags.contains(.multiline) ? "(?m:^)" : "\\A"
    case "$"?:
      isAnchor = true
      return flags.contains(.multiline) ? "(?m:$)" : "\\Z"
    case "*"?, "+"?, "?"?:
      index -= 1
      throw error("has nothing to repeat")
    case "{"?:
      index -= 1
      if bounds() != nil { throw error("has nothing to repeat") }
      index += 1
      return Self.literal("{")
    case let scalar?: return cased(Self.literal(scalar))
    case nil: return ""
    }
  }

  /// A quantifier with its `?` or `+`; empty if there is none.
  private mutating func quantifier() throws(PythonRegexError) -> String {
    if flags.contains(.verbose) { while skipVerbose() {} }
    guard var translated = repetition() else { return "" }
    if take("?") { translated += "?" } else if take("+") { translated += "+" }
    if flags.contains(.verbose) { while skipVerbose() {} }
    let start = index
    if repetition() != nil {
      index = start
      throw error("repeats a repetition")
    }
    return translated
  }

  private mutating func repetition() -> String? {
    switch peek {
    case "*", "+", "?": return next().map { String(Character($0)) }
    case "{":
      guard let bounds = bounds() else { return nil }
      return "{\(bounds)}"
    default: return nil
    }
  }

  /// Reads `{m}`, `{m,}`, `{,n}` or `{m,n}`; nil, and nothing read, for a brace that is itself.
  private mutating func bounds() -> String? {
    let start = index
    _ = next()
    let low = digits()
    let isRange = take(",")
    let high = isRange ? digits() : low
    guard take("}"), !(low.isEmpty && !isRange), !(low.isEmpty && high.isEmpty) || isRange else {
      index = start
      return nil
    }
    return isRange ? "\(low.isEmpty ? "0" : low),\(high)" : low
  }

  mutating func digits() -> String {
    var digits = ""
    while let scalar = peek, ("0"..."9").contains(scalar) {
      digits.unicodeScalars.append(scalar)
      index += 1
    }
    return digits
  }

  static func literal(_ scalar: Unicode.Scalar) -> String {
    let isPlain = !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    return isPlain ? String(Character(scalar)) : "\\x{\(String(scalar.value, radix: 16))}"
  }

  /// A literal that ignores case where the flag says so. PCRE2's own flag is scoped to the one character,
  /// since the expression's flags change from group to group.
  func cased(_ translated: String) -> String {
    flags.contains(.ignoreCase) ? "(?i:\(translated))" : translated
  }
}

// MARK: Groups

extension PythonRegexTranslator {
  private mutating func group() throws(PythonRegexError) -> String {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.greatestDepth else { throw error("is nested too deeply") }
    let outer = flags
    defer {
      flags = outer
      isAnchor = false
    }
    guard take("?") else { return try capture(named: nil) }
    for opening in [":", "=", "!", "<=", "<!", ">"] where take(opening) {
      return "(?\(opening)" + (try body())
    }
    if take("#") { return try comment() }
    if take("P<") { return try capture(named: name(endingIn: ">")) }
    if take("P=") { return try namedReference() }
    if take("(") { return try conditional() }
    return try flaggedGroup()
  }

  private mutating func body() throws(PythonRegexError) -> String {
    let translated = try alternatives()
    guard take(")") else { throw error("lacks a closing parenthesis") }
    return translated + ")"
  }

  private mutating func capture(named name: String?) throws(PythonRegexError) -> String {
    groupCount += 1
    let number = groupCount
    if let name {
      guard groupNames.updateValue(number, forKey: name) == nil else {
        throw error("has two groups called \(name)")
      }
    }
    let translated = try body()
    closedGroups.insert(number)
    return "(" + translated
  }

  private mutating func comment() throws(PythonRegexError) -> String {
    while let scalar = next() { if scalar == ")" { return "" } }
    throw error("has a comment without end")
  }

  private mutating func name(endingIn end: Unicode.Scalar) throws(PythonRegexError) -> String {
    var name = ""
    while let scalar = next() {
      if scalar == end {
        let isName = name.unicodeScalars.first.map { !("0"..."9").contains($0) } ?? false
        guard isName, name.unicodeScalars.allSatisfy({ $0.properties.isXIDContinue }) else {
          throw error("has '\(name)' where a group's name is needed")
        }
        return name
      }
      name.unicodeScalars.append(scalar)
    }
    throw error("has a group's name without end")
  }

  private mutating func namedReference() throws(PythonRegexError) -> String {
    let name = try name(endingIn: ")")
    guard let number = groupNames[name] else { throw error("refers to the unknown group \(name)") }
    return try reference(to: number)
  }

  func reference(to number: Int) throws(PythonRegexError) -> String {
    guard closedGroups.contains(number) else {
      throw error("refers to the group \(number), which is not closed before")
    }
    return cased("\\g{\(number)}")
  }

  /// `(?(1)yes|no)`.
  private mutating func conditional() throws(PythonRegexError) -> String {
    let start = index
    let number = Int(digits())
    let group: Int?
    if let number, take(")") {
      group = number
    } else {
      index = start
      group = groupNames[try name(endingIn: ")")]
    }
    guard let group, (1...max(1, groupCount)).contains(group), groupCount > 0 else {
      throw error("has a condition on a group that is not before it")
    }
    let branches = try body()
    return "(?(\(group))" + branches
  }

  /// `(?i-s:…)`.
  private mutating func flaggedGroup() throws(PythonRegexError) -> String {
    let start = index
    while let scalar = peek, let flag = try flag(scalar) {
      if scalar == "u" { flags.remove(.ascii) } else { flags.insert(flag) }
      index += 1
    }
    if take("-") {
      while let scalar = peek, let flag = try flag(scalar), scalar != "a", scalar != "u" {
        flags.remove(flag)
        index += 1
      }
    }
    guard index > start, take(":") else {
      throw error(
        peek == ")" && index > start
          ? "sets flags that are not at its beginning" : "has an unknown extension (?")
    }
    return "(?:" + (try body())
  }
}
