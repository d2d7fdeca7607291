import BigInt

/// One word of an expression: a number, a name, a string or an operator.
enum ExpressionToken {
  /// Takes the token that begins at the index; nil if none does.
  static func take(
    _ source: [Unicode.Scalar], _ index: inout Int, _ position: SourcePosition
  ) throws -> Token.Kind? {
    let first = source[index]
    if isDigit(first) { return number(source, &index) }
    if first == "_" || first.properties.isXIDStart { return name(source, &index) }
    if first == "'" || first == "\"" { return .string(try string(source, &index, position)) }
    for symbol in symbols where matches(source, index, symbol) {
      index += symbol.unicodeScalars.count
      return .symbol(symbol)
    }
    return nil
  }

  /// Longer ones first.
  private static let symbols = [
    "==", "!=", ">=", "<=", "//", "**", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";",
  ]

  private static func matches(_ source: [Unicode.Scalar], _ index: Int, _ text: String) -> Bool {
    source[index...].starts(with: text.unicodeScalars)
  }

  private static func name(_ source: [Unicode.Scalar], _ index: inout Int) -> Token.Kind {
    let start = index
    while index < source.count, source[index].properties.isXIDContinue { index += 1 }
    return .name(String(String.UnicodeScalarView(source[start..<index])))
  }

  // MARK: Numbers

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// Digits with single underscores between them, from a place on.
  private static func digits(
    _ source: [Unicode.Scalar], _ index: inout Int, _ isDigit: (Unicode.Scalar) -> Bool
  ) -> String {
    var text = ""
    while index < source.count {
      if isDigit(source[index]) {
        text.unicodeScalars.append(source[index])
        index += 1
      } else if source[index] == "_", !text.isEmpty, index + 1 < source.count,
        isDigit(source[index + 1])
      {
        index += 1
      } else {
        break
      }
    }
    return text
  }

  private static func number(_ source: [Unicode.Scalar], _ index: inout Int) -> Token.Kind {
    if let value = prefixed(source, &index) { return .integer(value) }
    let start = index
    var text = digits(source, &index, isDigit)
    var isFloat = false
    // `foo.0.1` is two items and no number with a fraction.
    let followsDot = start > 0 && source[start - 1] == "."
    if !followsDot, index + 1 < source.count, source[index] == ".", isDigit(source[index + 1]) {
      index += 1
      text += "." + digits(source, &index, isDigit)
      isFloat = true
    }
    if !followsDot, let exponent = exponent(source, &index) {
      text += exponent
      isFloat = true
    }
    if isFloat, let value = Double(text) { return .float(value) }
    // Leading zeros are no number of their own in jinja2's grammar: `007` is three tokens.
    if text.count > 1, text.hasPrefix("0"), text.contains(where: { $0 != "0" }) {
      index = start + 1
      return .integer(0)
    }
    return .integer(BigInt(text) ?? 0)
  }

  private static func prefixed(_ source: [Unicode.Scalar], _ index: inout Int) -> BigInt? {
    guard source[index] == "0", index + 1 < source.count else { return nil }
    let radix: Int
    switch source[index + 1] {
    case "x", "X": radix = 16
    case "o", "O": radix = 8
    case "b", "B": radix = 2
    default: return nil
    }
    var place = index + 2
    if place < source.count, source[place] == "_" { place += 1 }
    let text = digits(source, &place) { scalar in
      Character(scalar).hexDigitValue.map { scalar.isASCII && $0 < radix } ?? false
    }
    guard !text.isEmpty, let value = BigInt(text, radix: radix) else { return nil }
    index = place
    return value
  }

  private static func exponent(_ source: [Unicode.Scalar], _ index: inout Int) -> String? {
    guard index < source.count, source[index] == "e" || source[index] == "E" else { return nil }
    var place = index + 1
    var sign = ""
    if place < source.count, source[place] == "+" || source[place] == "-" {
      sign = String(source[place])
      place += 1
    }
    let text = digits(source, &place, isDigit)
    guard !text.isEmpty else { return nil }
    index = place
    return "e" + sign + text
  }

  // MARK: Strings

  private static func string(
    _ source: [Unicode.Scalar], _ index: inout Int, _ position: SourcePosition
  ) throws -> String {
    let quote = source[index]
    index += 1
    var out = String.UnicodeScalarView()
    while index < source.count, source[index] != quote {
      if source[index] == "\\" {
        try unescape(source, &index, into: &out, position)
      } else {
        out.append(source[index])
        index += 1
      }
    }
    guard index < source.count else {
      throw JinjaError(.syntax, "the string is not closed by \(quote)", at: position)
    }
    index += 1
    return String(out)
  }

  private static let simple: [Unicode.Scalar: Unicode.Scalar] = [
    "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n",
    "r": "\r", "t": "\t", "v": "\u{B}",
  ]

  /// Python's escapes; an unknown one stays as it stands.
  private static func unescape(
    _ source: [Unicode.Scalar], _ index: inout Int, into out: inout String.UnicodeScalarView,
    _ position: SourcePosition
  ) throws {
    guard index + 1 < source.count else {
      index += 1
      return
    }
    let kind = source[index + 1]
    index += 2
    if let scalar = simple[kind] { return out.append(scalar) }
    switch kind {
    case "\n": return
    case "x": out.append(try hexadecimal(source, &index, 2, position))
    case "u": out.append(try hexadecimal(source, &index, 4, position))
    case "U": out.append(try hexadecimal(source, &index, 8, position))
    case "0"..."7":
      var value = UInt32(kind.value - 48)
      for _ in 0..<2 where index < source.count && ("0"..."7").contains(source[index]) {
        value = value * 8 + source[index].value - 48
        index += 1
      }
      if let scalar = Unicode.Scalar(value) { out.append(scalar) }
    case "N":
      throw JinjaError(.syntax, "characters by name, '\\N{…}', are not read", at: position)
    default: out.append(contentsOf: ["\\", kind])
    }
  }

  private static func hexadecimal(
    _ source: [Unicode.Scalar], _ index: inout Int, _ count: Int, _ position: SourcePosition
  ) throws -> Unicode.Scalar {
    let end = index + count
    guard end <= source.count,
      let value = UInt32(
        String(String.UnicodeScalarView(source[index..<end])), radix: 16),
      let scalar = Unicode.Scalar(value)
    else {
      throw JinjaError(.syntax, "an escape of a string is cut short or no character", at: position)
    }
    index = end
    return scalar
  }
}
