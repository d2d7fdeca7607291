/// Filters that give a text.
enum TextFilters {
  nonisolated(unsafe) static let named: [String: Filters.Filter] = Filters.table(
    Filters.filter("string") { value, _, renderer in .string(try renderer.text(value)) },
    Filters.filter("safe") { value, _, renderer in .string(try renderer.text(value)) },
    Filters.filter("upper") { value, _, renderer in
      .string(PythonString.uppered(try renderer.text(value)))
    },
    Filters.filter("lower") { value, _, renderer in
      .string(PythonString.lowered(try renderer.text(value)))
    },
    Filters.filter("capitalize") { value, _, renderer in
      .string(PythonString.capitalized(try renderer.text(value)))
    },
    Filters.filter("title") { value, _, renderer in .string(titled(try renderer.text(value))) },
    Filters.filter("trim", ["chars"]) { value, arguments, renderer in
      .string(PythonString.stripped(try renderer.text(value), .both, of: try arguments.text(0)))
    },
    Filters.filter("center", ["width"]) { value, arguments, renderer in
      let width = try arguments.integer(0) ?? 80
      try renderer.spend(bytes: max(0, width))
      return .string(PythonString.centered(try renderer.text(value), width))
    },
    Filters.filter("replace", ["old", "new", "count"], required: 2) { value, arguments, renderer in
      let text = try renderer.text(value)
      let old = try renderer.text(arguments.values[0] ?? .none)
      let new = try renderer.text(arguments.values[1] ?? .none)
      let count: Int? =
        if case .some(.none) = arguments.values[2] { nil } else { try arguments.integer(2) }
      try renderer.spend(
        bytes: text.utf8.count + (text.utf8.count / max(1, old.utf8.count) + 1) * new.utf8.count)
      return .string(PythonString.replaced(text, old, new, count: count ?? -1))
    },
    Filters.filter("indent", ["width", "first", "blank"], indented),
    Filters.filter("truncate", ["length", "killwords", "end", "leeway"], truncated),
    Filters.filter(
      "wordwrap", ["width", "break_long_words", "wrapstring", "break_on_hyphens"], WordWrap.filter),
    Filters.filter("wordcount") { value, _, renderer in
      .integer(words(try renderer.text(value)))
    },
    Filters.filter("striptags") { value, _, renderer in
      .string(withoutTags(try renderer.text(value)))
    },
    Filters.filter("escape") { value, _, renderer in .string(escaped(try renderer.text(value))) },
    Filters.filter("e") { value, _, renderer in .string(escaped(try renderer.text(value))) },
    Filters.filter("forceescape") { value, _, renderer in
      .string(escaped(try renderer.text(value)))
    },
    Filters.filter("urlencode", [], urlEncoded),
    (
      "format",
      { value, arguments, renderer in
        guard arguments.positional.isEmpty || arguments.named.isEmpty else {
          throw JinjaError(
            .type, "can't handle positional and keyword arguments at the same time")
        }
        let values = arguments.positional
        let named = JinjaDictionary(strings: arguments.named.map { ($0.name, $0.value) })
        return .string(
          try PercentFormat.apply(
            renderer.text(value), values,
            whole: arguments.named.isEmpty ? .tuple(values) : .dictionary(named), renderer))
      }
    ),
    (
      "tojson",
      { value, arguments, renderer in
        .string(try JSONText.filter(value, arguments, renderer))
      }
    )
  )

  /// Each word's first letter in upper case, the rest in lower; words end at white space and brackets.
  private static func titled(_ text: String) -> String {
    var out = ""
    var isFirst = true
    for scalar in text.unicodeScalars {
      if scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar) {
        out.unicodeScalars.append(scalar)
        isFirst = true
      } else {
        out +=
          isFirst
          ? scalar.properties.uppercaseMapping : PythonString.lowered(String(scalar))
        isFirst = false
      }
    }
    return out
  }

  private static func indented(
    _ value: JinjaValue, _ arguments: StringMethods.Bound, _ renderer: Renderer
  ) throws -> JinjaValue {
    let indent: String
    if case .string(let text)? = arguments.values[0] {
      indent = text
    } else {
      let width = try arguments.integer(0) ?? 4
      try renderer.spend(bytes: max(0, width))
      indent = String(repeating: " ", count: max(0, width))
    }
    guard case .string(let text) = value else {
      if case .undefined(let undefined) = value { throw JinjaError(.undefined, undefined.hint) }
      throw JinjaError(.type, "indent() takes a text, not a \(value.typeName)")
    }
    let lines = PythonString.lines(text + "\n")
    try renderer.spend(bytes: text.utf8.count + lines.count * indent.utf8.count)
    let indentsBlank = try arguments.flag(2, false, renderer)
    let rest = lines.dropFirst().map { indentsBlank || !$0.isEmpty ? indent + $0 : $0 }
    let first = try arguments.flag(1, false, renderer) ? indent + lines[0] : lines[0]
    return .string(([first] + rest).joined(separator: "\n"))
  }

  private static func truncated(
    _ value: JinjaValue, _ arguments: StringMethods.Bound, _ renderer: Renderer
  ) throws -> JinjaValue {
    let length = try arguments.integer(0) ?? 255
    let end = try arguments.text(2) ?? "..."
    let leeway = try arguments.integer(3) ?? 5
    let kept = length - end.unicodeScalars.count
    guard kept >= 0, leeway >= 0 else {
      throw JinjaError(
        .type, "truncate() expects a length of at least its end's, and no negative leeway")
    }
    if try renderer.length(value) <= length + leeway { return value }
    guard case .string(let text) = value else {
      throw JinjaError(.type, "truncate() takes a text, not a \(value.typeName)")
    }
    let scalars = Array(text.unicodeScalars)
    let cut = PythonString.text(scalars.prefix(kept))
    if try arguments.flag(1, false, renderer) { return .string(cut + end) }
    return .string(PythonString.partsFromEnd(cut, at: " ", limit: 1)[0] + end)
  }

  /// Runs of `\w`.
  private static func words(_ text: String) -> Int {
    var (count, isInside) = (0, false)
    for scalar in text.unicodeScalars {
      let isWord = scalar.isPythonWord
      if isWord, !isInside { count += 1 }
      isInside = isWord
    }
    return count
  }

  private static func withoutTags(_ text: String) -> String {
    var text = text
    for (open, close) in [("<!--", "-->"), ("<", ">")] {
      while let start = PythonString.find(open, in: text),
        let end = PythonString.find(close, in: text, from: start)
      {
        let bytes = Array(text.utf8)
        text = String(decoding: bytes[..<start] + bytes[(end + close.utf8.count)...], as: UTF8.self)
      }
    }
    let words = PythonString.words(text).joined(separator: " ")
    return [
      ("&lt;", "<"), ("&gt;", ">"), ("&#34;", "\""), ("&quot;", "\""), ("&#39;", "'"),
      ("&amp;", "&"),
    ]
    .reduce(words) { PythonString.replaced($0, $1.0, $1.1) }
  }

  private static func escaped(_ text: String) -> String {
    [("&", "&amp;"), (">", "&gt;"), ("<", "&lt;"), ("'", "&#39;"), ("\"", "&#34;")]
      .reduce(text) { PythonString.replaced($0, $1.0, $1.1) }
  }

  private static func urlEncoded(
    _ value: JinjaValue, _ arguments: StringMethods.Bound, _ renderer: Renderer
  ) throws -> JinjaValue {
    switch value {
    case .dictionary(let dictionary):
      return .string(
        try dictionary.pairs.map {
          try quoted(renderer.text($0.key), query: true) + "="
            + quoted(renderer.text($0.value), query: true)
        }.joined(separator: "&"))
    case .list, .tuple, .iterator, .view:
      return .string(
        try renderer.elements(value).map { pair in
          let sides = try renderer.elements(pair)
          guard sides.count == 2 else { throw JinjaError(.type, "urlencode takes pairs") }
          return try quoted(renderer.text(sides[0]), query: true) + "="
            + quoted(renderer.text(sides[1]), query: true)
        }.joined(separator: "&"))
    default: return .string(quoted(try renderer.text(value), query: false))
    }
  }

  private static func quoted(_ text: String, query: Bool) -> String {
    var out = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      if byte < 0x80,
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          || "_.-~".unicodeScalars.contains(scalar) || (scalar == "/" && !query)
      {
        out.unicodeScalars.append(scalar)
      } else if query, scalar == " " {
        out += "+"
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        out += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return out
  }
}

extension Unicode.Scalar {
  /// `\w`
  fileprivate var isPythonWord: Bool {
    if self == "_" || properties.numericType != nil { return true }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return true
    default: return false
    }
  }
}
