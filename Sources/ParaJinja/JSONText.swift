import BigInt

/// The filter `tojson`: Python's `json.dumps`.
enum JSONText {
  private struct Style {
    var indent: String?
    var itemSeparator: String
    var keySeparator = ": "
    var sortsKeys = false
    var isASCII = false
    /// `<`, `>`, `&` and `'` escaped, as jinja2 itself does for HTML.
    var isHTMLSafe = false
  }

  static func filter(
    _ value: JinjaValue, _ arguments: JinjaArguments, _ renderer: Renderer
  ) throws -> String {
    let style =
      try renderer.options.writesPlainJSON
      ? plain(arguments, renderer) : htmlSafe(arguments, renderer)
    let text = try text(value, style, "\n", renderer)
    try renderer.spend(bytes: text.utf8.count)
    guard style.isHTMLSafe else { return text }
    return [("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("'", "\\u0027")]
      .reduce(text) { PythonString.replaced($0, $1.0, $1.1) }
  }

  /// `json.dumps(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False)`, as transformers
  /// defines the filter for chat templates.
  private static func plain(_ arguments: JinjaArguments, _ renderer: Renderer) throws -> Style {
    let values = try arguments.bound(
      to: ["ensure_ascii", "indent", "separators", "sort_keys"], of: "tojson")
    var style = Style(indent: try indent(values[1]), itemSeparator: ", ")
    if style.indent != nil { style.itemSeparator = "," }
    style.isASCII = try values[0].map(renderer.isTrue) ?? false
    style.sortsKeys = try values[3].map(renderer.isTrue) ?? false
    if let separators = values[2] {
      if case .none = separators { return style }
      guard case let pair = try renderer.elements(separators), pair.count == 2,
        case .string(let item) = pair[0], case .string(let key) = pair[1]
      else { throw JinjaError(.type, "tojson() takes separators as two texts") }
      (style.itemSeparator, style.keySeparator) = (item, key)
    }
    return style
  }

  private static func htmlSafe(_ arguments: JinjaArguments, _ renderer: Renderer) throws -> Style {
    let values = try arguments.bound(to: ["indent"], of: "tojson")
    var style = Style(indent: try indent(values[0]), itemSeparator: ", ")
    if style.indent != nil { style.itemSeparator = "," }
    (style.sortsKeys, style.isASCII, style.isHTMLSafe) = (true, true, true)
    return style
  }

  private static func indent(_ value: JinjaValue?) throws -> String? {
    switch value {
    case nil, .some(.none): return nil
    case .integer(let width):
      guard width <= 1_000 else { throw JinjaError(.limit, "an indent above 1000") }
      return String(repeating: " ", count: max(0, width))
    case .boolean(let value): return value ? " " : ""
    case .string(let text): return text
    default: throw JinjaError(.type, "tojson() takes an indent as a whole number or a text")
    }
  }

  private static func text(
    _ value: JinjaValue, _ style: Style, _ newline: String, _ renderer: Renderer
  ) throws -> String {
    try renderer.spend(steps: 1)
    switch value {
    case .none: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .bigInteger(let value): return String(value)
    case .float(let value):
      if value.isNaN { return "NaN" }
      if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
      return PythonText.float(value)
    case .string(let text): return quoted(text, style)
    case .list(let list): return try array(list.elements, style, newline, renderer)
    case .tuple(let elements): return try array(elements, style, newline, renderer)
    case .dictionary(let dictionary): return try object(dictionary, style, newline, renderer)
    default:
      throw JinjaError(
        .type, "Object of type \(value.typeName) is not JSON serializable")
    }
  }

  private static func array(
    _ elements: [JinjaValue], _ style: Style, _ newline: String, _ renderer: Renderer
  ) throws -> String {
    let inner = style.indent.map { newline + $0 } ?? newline
    let parts = try renderer.nested {
      try elements.map { try text($0, style, inner, renderer) }
    }
    return enclosed("[", parts, "]", style, newline, inner)
  }

  private static func object(
    _ dictionary: JinjaDictionary, _ style: Style, _ newline: String, _ renderer: Renderer
  ) throws -> String {
    let inner = style.indent.map { newline + $0 } ?? newline
    var pairs = dictionary.pairs
    if style.sortsKeys {
      pairs = try Sorting.sorted(pairs, reversed: false, renderer) { $0.key }
    }
    let parts = try renderer.nested {
      try pairs.map { key, value in
        let key = quoted(try self.key(key), style)
        return try key + style.keySeparator + text(value, style, inner, renderer)
      }
    }
    return enclosed("{", parts, "}", style, newline, inner)
  }

  private static func enclosed(
    _ open: String, _ parts: [String], _ close: String, _ style: Style, _ newline: String,
    _ inner: String
  ) -> String {
    guard style.indent != nil, !parts.isEmpty else {
      return open + parts.joined(separator: style.itemSeparator) + close
    }
    return open + inner + parts.joined(separator: style.itemSeparator + inner) + newline + close
  }

  private static func key(_ key: JinjaValue) throws -> String {
    switch key {
    case .string(let text): return text
    case .none: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .integer, .bigInteger, .float: return try PythonText.representation(key)
    default:
      throw JinjaError(
        .type, "keys must be str, int, float, bool or None, not \(key.typeName)")
    }
  }

  private static func quoted(_ text: String, _ style: Style) -> String {
    var out = String.UnicodeScalarView()
    out.append("\"")
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out.append(contentsOf: ["\\", scalar])
      case "\n": out.append(contentsOf: "\\n".unicodeScalars)
      case "\r": out.append(contentsOf: "\\r".unicodeScalars)
      case "\t": out.append(contentsOf: "\\t".unicodeScalars)
      case "\u{8}": out.append(contentsOf: "\\b".unicodeScalars)
      case "\u{C}": out.append(contentsOf: "\\f".unicodeScalars)
      case _
      where scalar.value < 0x20 || (style.isASCII && scalar.value >= 0x7F && scalar.value != 0x7F):
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          out.append(
            contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
              .unicodeScalars)
        }
      default: out.append(scalar)
      }
    }
    out.append("\"")
    return String(out)
  }
}
