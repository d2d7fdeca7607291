import BigInt

/// Cuts a template into tokens, as jinja2's lexer does with its default delimiters.
///
/// White-space control happens here: `-` strips up to the next text, `trim_blocks` drops the line break after a
/// tag or comment, `lstrip_blocks` the white space before one that begins its line, `+` switches either off.
struct Lexer {
  private let source: [Unicode.Scalar]
  private let options: JinjaOptions
  private var index = 0
  private var tokens: [Token] = []
  /// The index of each line's first scalar.
  private let lineStarts: [Int]

  static func tokens(of template: String, _ options: JinjaOptions) throws -> [Token] {
    var lexer = Lexer(template, options)
    try lexer.run()
    return lexer.tokens
  }

  private init(_ template: String, _ options: JinjaOptions) {
    var scalars = Self.withPlainLineBreaks(template)
    if !options.keepsTrailingNewline, scalars.last == "\n" { scalars.removeLast() }
    source = scalars
    self.options = options
    lineStarts = [0] + scalars.indices.filter { scalars[$0] == "\n" }.map { $0 + 1 }
  }

  private static func withPlainLineBreaks(_ template: String) -> [Unicode.Scalar] {
    var out: [Unicode.Scalar] = []
    out.reserveCapacity(template.utf8.count)
    var afterReturn = false
    for scalar in template.unicodeScalars {
      if scalar != "\n" || !afterReturn { out.append(scalar == "\r" ? "\n" : scalar) }
      afterReturn = scalar == "\r"
    }
    return out
  }

  // MARK: Text

  private mutating func run() throws {
    while index < source.count {
      let start = index
      guard let opening = nextOpening() else {
        appendText(start..<source.count, at: start)
        index = source.count
        break
      }
      let tag = index
      index += 2
      let sign = takeSign()
      appendText(start..<textEnd(start, tag, sign, opening), at: start)
      switch opening {
      case "#": try skipComment(from: tag)
      case "{":
        append(.printBegin, at: tag)
        try lexExpression(until: "}", opened: tag)
      default:
        if try takeRaw(from: tag) { continue }
        append(.tagBegin, at: tag)
        try lexExpression(until: "%", opened: tag)
      }
    }
    append(.end, at: source.count)
  }

  /// Goes to the next `{{`, `{%` or `{#` and gives its second character.
  private mutating func nextOpening() -> Unicode.Scalar? {
    while index + 1 < source.count {
      if source[index] == "{", case let next = source[index + 1],
        next == "{" || next == "%" || next == "#"
      {
        return next
      }
      index += 1
    }
    return nil
  }

  /// A `-` or `+` right behind an opening.
  private mutating func takeSign() -> Unicode.Scalar? {
    guard index < source.count, source[index] == "-" || source[index] == "+" else { return nil }
    defer { index += 1 }
    return source[index]
  }

  /// Where the text before a tag ends, once its white space is stripped as the sign asks.
  private func textEnd(
    _ start: Int, _ tag: Int, _ sign: Unicode.Scalar?, _ opening: Unicode.Scalar?
  ) -> Int {
    var end = tag
    if sign == "-" {
      while end > start, source[end - 1].isPythonSpace { end -= 1 }
    } else if sign == nil, options.lstripBlocks, opening != "{" {
      var line = tag
      while line > start, source[line - 1] != "\n", source[line - 1].isPythonSpace { line -= 1 }
      if line == 0 || source[line - 1] == "\n" { end = line }
    }
    return end
  }

  private mutating func appendText(_ range: Range<Int>, at start: Int) {
    guard !range.isEmpty else { return }
    append(.text(String(String.UnicodeScalarView(source[range]))), at: start)
  }

  private mutating func skipComment(from tag: Int) throws {
    let start = index
    while index + 1 < source.count {
      if source[index] == "#", source[index + 1] == "}" {
        let sign = index > start ? source[index - 1] : nil
        index += 2
        return finishTag(sign)
      }
      index += 1
    }
    throw JinjaError(.syntax, "the comment is not closed by '#}'", at: position(tag))
  }

  /// What a closing drops of the text behind it.
  private mutating func finishTag(_ sign: Unicode.Scalar?) {
    if sign == "-" {
      while index < source.count, source[index].isPythonSpace { index += 1 }
    } else if sign != "+", options.trimBlocks, index < source.count, source[index] == "\n" {
      index += 1
    }
  }

  // MARK: Raw blocks

  /// `{% raw %}` and all up to its end; false if the tag is another.
  private mutating func takeRaw(from tag: Int) throws -> Bool {
    var place = index
    guard takeWord("raw", &place) else { return false }
    if place + 2 < source.count, source[place] == "-", closes(place + 1) {
      place += 3
      while place < source.count, source[place].isPythonSpace { place += 1 }
    } else if closes(place) {
      place += 2
    } else {
      return false
    }
    let start = place
    while place + 1 < source.count {
      if source[place] == "{", source[place + 1] == "%", try endRaw(start, place) { return true }
      place += 1
    }
    throw JinjaError(.syntax, "'{% raw %}' is not closed by '{% endraw %}'", at: position(tag))
  }

  private mutating func endRaw(_ start: Int, _ tag: Int) throws -> Bool {
    var place = tag + 2
    var sign: Unicode.Scalar?
    if place < source.count, source[place] == "-" || source[place] == "+" {
      sign = source[place]
      place += 1
    }
    guard takeWord("endraw", &place), place < source.count else { return false }
    var closing: Unicode.Scalar?
    if source[place] == "-" || source[place] == "+" {
      closing = source[place]
      place += 1
    }
    guard closes(place) else { return false }
    appendText(start..<textEnd(start, tag, sign, "%"), at: start)
    index = place + 2
    finishTag(closing)
    return true
  }

  private func closes(_ place: Int) -> Bool {
    place + 1 < source.count && source[place] == "%" && source[place + 1] == "}"
  }

  /// Steps over white space, a word and white space.
  private func takeWord(_ word: String, _ place: inout Int) -> Bool {
    func skipSpace() { while place < source.count, source[place].isPythonSpace { place += 1 } }
    skipSpace()
    for scalar in word.unicodeScalars {
      guard place < source.count, source[place] == scalar else { return false }
      place += 1
    }
    skipSpace()
    return true
  }

  // MARK: Expressions

  private mutating func lexExpression(until end: Unicode.Scalar, opened tag: Int) throws {
    var brackets: [(symbol: String, place: Int)] = []
    while true {
      while index < source.count, source[index].isPythonSpace { index += 1 }
      guard index < source.count else {
        throw JinjaError(
          .syntax, "the tag is not closed by '\(end)}'", at: position(tag))
      }
      if brackets.isEmpty, takeEnd(end) { return }
      let start = index
      guard let kind = try ExpressionToken.take(source, &index, position(start)) else {
        throw JinjaError(
          .syntax, "unexpected character '\(source[index])'", at: position(index))
      }
      append(kind, at: start)
      try balance(kind, at: start, &brackets)
    }
  }

  private mutating func takeEnd(_ end: Unicode.Scalar) -> Bool {
    let start = index
    var place = index
    var sign: Unicode.Scalar?
    if source[place] == "-" || (end == "%" && source[place] == "+") {
      sign = source[place]
      place += 1
    }
    guard place + 1 < source.count, source[place] == end, source[place + 1] == "}" else {
      return false
    }
    index = place + 2
    append(end == "}" ? .printEnd : .tagEnd, at: start)
    if end == "%" {
      finishTag(sign)
    } else if sign == "-" {
      while index < source.count, source[index].isPythonSpace { index += 1 }
    }
    return true
  }

  private func balance(
    _ kind: Token.Kind, at start: Int, _ brackets: inout [(symbol: String, place: Int)]
  ) throws {
    guard case .symbol(let symbol) = kind else { return }
    let closing = ["(": ")", "[": "]", "{": "}"]
    if let expected = closing[symbol] {
      brackets.append((expected, start))
    } else if closing.values.contains(symbol) {
      guard let open = brackets.popLast() else {
        throw JinjaError(.syntax, "unexpected '\(symbol)'", at: position(start))
      }
      guard open.symbol == symbol else {
        throw JinjaError(
          .syntax, "unexpected '\(symbol)', expected '\(open.symbol)'", at: position(start))
      }
    }
  }

  private mutating func append(_ kind: Token.Kind, at place: Int) {
    tokens.append(Token(kind: kind, position: position(place)))
  }

  private func position(_ place: Int) -> SourcePosition {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= place { low = middle } else { high = middle }
    }
    return SourcePosition(line: low + 1, column: place - lineStarts[low] + 1)
  }
}

extension Unicode.Scalar {
  /// What Python's `str.isspace` and `\s` take for white space.
  var isPythonSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }
}
