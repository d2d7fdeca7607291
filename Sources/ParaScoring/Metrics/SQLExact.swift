extension MetricDefinition {
  /// Whether the queries are equal, ignoring case and white space, as for WikiSQL.
  static let sqlExact = equality("sql_exact", normalizedBy: SQLStatement.init)
}

/// A query reduced to its tokens: white space, a closing semicolon, and case outside quotes are
/// ignored. Quoted texts and names are compared as written.
struct SQLStatement: Equatable {
  private(set) var tokens: [PythonText] = []

  init(_ text: String) {
    let scalars = PythonText(text)
    var index = 0
    while index < scalars.count {
      let end = Self.endOfToken(scalars, from: index)
      let token = Array(scalars[index..<end])
      index = end
      if token[0].isPythonSpace { continue }
      tokens.append(Self.quotes.contains(token[0]) ? token : token.lowercased())
    }
    while tokens.last == [";"] { tokens.removeLast() }
  }

  /// Whether the whole query has an ORDER BY, not only a part in parentheses.
  var isOrdered: Bool {
    var depth = 0
    return zip(tokens, tokens.dropFirst()).contains { token, next in
      if token == ["("] { depth += 1 }
      if token == [")"] { depth -= 1 }
      return depth == 0 && token == Self.order && next == Self.by
    }
  }

  private static let order = PythonText("order")
  private static let by = PythonText("by")
  private static let quotes: Set<Unicode.Scalar> = ["'", "\"", "`"]

  /// The end of a quoted text, of a run of word characters and points, or of one character.
  private static func endOfToken(_ text: PythonText, from start: Int) -> Int {
    let first = text[start]
    if quotes.contains(first) { return endOfQuotation(text, from: start) }
    guard isPartOfWord(first) else { return start + 1 }
    return text[start...].firstIndex { !isPartOfWord($0) } ?? text.endIndex
  }

  /// Past the closing quote; a doubled quote is a quote in the text. An open quotation goes to the
  /// end.
  private static func endOfQuotation(_ text: PythonText, from start: Int) -> Int {
    var index = start + 1
    while index < text.count {
      if text[index] != text[start] {
        index += 1
      } else if index + 1 < text.count, text[index + 1] == text[start] {
        index += 2
      } else {
        return index + 1
      }
    }
    return text.count
  }

  private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isPythonWord || scalar == "."
  }
}
