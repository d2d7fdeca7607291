import ParaJSON
import ParaJinja

/// Python's `ast.literal_eval` of texts, whole and floating-point numbers, `True`, `False`, `None`, lists,
/// tuples and dictionaries. Bytes, sets and complex numbers are refused too.
struct PythonLiteral {
  struct Malformed: Error {}

  private static let maximumDepth = 64
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var depth = 0

  /// The value that a text writes.
  static func value(of text: String) throws(Malformed) -> JinjaValue {
    var parser = PythonLiteral(text)
    let value = try parser.elements(until: nil)
    guard let first = value.elements.first else { throw Malformed() }
    return value.hasComma ? .tuple(value.elements) : first
  }

  private init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// Values with commas between them, up to a closing bracket or the text's end; a last comma may be there.
  private mutating func elements(
    until close: Unicode.Scalar?
  ) throws(Malformed) -> (elements: [JinjaValue], hasComma: Bool) {
    var elements: [JinjaValue] = []
    var hasComma = false
    skipSpace()
    while !atEnd(close) {
      if !elements.isEmpty {
        try expect(",")
        hasComma = true
        if atEnd(close) { break }
      }
      elements.append(try value())
    }
    if close != nil { index += 1 }
    return (elements, hasComma)
  }

  /// One value, and the space behind it.
  private mutating func value() throws(Malformed) -> JinjaValue {
    guard depth < Self.maximumDepth, let first = peek() else { throw Malformed() }
    depth += 1
    defer { depth -= 1 }
    let value: JinjaValue
    switch first {
    case "[":
      index += 1
      value = .array(try elements(until: "]").elements)
    case "(":
      index += 1
      let inner = try elements(until: ")")
      value =
        inner.hasComma || inner.elements.isEmpty ? .tuple(inner.elements) : inner.elements[0]
    case "{":
      index += 1
      value = .dictionary(try dictionary())
    case "+", "-": value = try signed()
    case "0"..."9", ".": value = try number(negative: false)
    default: value = try textOrName()
    }
    skipSpace()
    return value
  }

  private mutating func dictionary() throws(Malformed) -> JinjaDictionary {
    let dictionary = JinjaDictionary()
    skipSpace()
    while !atEnd("}") {
      if dictionary.count > 0 {
        try expect(",")
        if atEnd("}") { break }
      }
      let key = try value()
      try expect(":")
      let value = try value()
      do { try dictionary.set(key, value) } catch { throw Malformed() }
    }
    index += 1
    return dictionary
  }

  /// A number behind its sign; Python allows one sign, and parentheses.
  private mutating func signed() throws(Malformed) -> JinjaValue {
    let isNegative = peek() == "-"
    index += 1
    skipSpace()
    if peek() == "(" {
      index += 1
      skipSpace()
      let value = try number(negative: isNegative)
      skipSpace()
      try expect(")")
      return value
    }
    return try number(negative: isNegative)
  }

  private mutating func number(negative: Bool) throws(Malformed) -> JinjaValue {
    let start = index
    while let scalar = peek(),
      scalar.continuesNumber(after: index > start ? scalars[index - 1] : nil)
    {
      index += 1
    }
    let written = String(String.UnicodeScalarView(scalars[start..<index]))
    guard let number = PythonNumber(written) else { throw Malformed() }
    return JinjaValue(number.json(negative: negative))
  }

  private mutating func textOrName() throws(Malformed) -> JinjaValue {
    let start = index
    while let scalar = peek(), scalar.properties.isXIDContinue { index += 1 }
    let word = String(String.UnicodeScalarView(scalars[start..<index]))
    if let quote = peek(), quote == "'" || quote == "\"" {
      guard ["", "r", "R", "u", "U"].contains(word) else { throw Malformed() }
      var text = try quoted(isRaw: word.lowercased() == "r")
      // Texts side by side are one.
      skipSpace()
      if let next = peek(), "'\"rRuU".unicodeScalars.contains(next) {
        guard case .string(let more) = try textOrName() else { throw Malformed() }
        text += more
      }
      return .string(text)
    }
    switch word {
    case "True": return .boolean(true)
    case "False": return .boolean(false)
    case "None": return .none
    default: throw Malformed()
    }
  }

  /// A text from its opening quote to its closing one, single or triple.
  private mutating func quoted(isRaw: Bool) throws(Malformed) -> String {
    guard let quote = peek() else { throw Malformed() }
    let isTriple = scalars[index...].prefix(3).elementsEqual([quote, quote, quote])
    index += isTriple ? 3 : 1
    var text = String.UnicodeScalarView()
    while let scalar = peek() {
      if scalar == quote,
        !isTriple || scalars[index...].prefix(3).elementsEqual([quote, quote, quote])
      {
        index += isTriple ? 3 : 1
        return String(text)
      }
      index += 1
      if scalar == "\\" {
        try escape(into: &text, isRaw: isRaw)
      } else if scalar == "\0" || !isTriple && (scalar == "\n" || scalar == "\r") {
        throw Malformed()
      } else {
        text.append(scalar)
      }
    }
    throw Malformed()
  }

  /// What stands behind a backslash.
  private mutating func escape(
    into text: inout String.UnicodeScalarView, isRaw: Bool
  ) throws(Malformed) {
    guard let scalar = peek() else { throw Malformed() }
    index += 1
    if isRaw {
      text.append(contentsOf: ["\\", scalar])
      return
    }
    switch scalar {
    case "\n": break
    case "\\", "'", "\"": text.append(scalar)
    case "a": text.append("\u{7}")
    case "b": text.append("\u{8}")
    case "f": text.append("\u{C}")
    case "n": text.append("\n")
    case "r": text.append("\r")
    case "t": text.append("\t")
    case "v": text.append("\u{B}")
    case "0"..."7":
      index -= 1
      text.append(try coded(digits: 1...3, radix: 8))
    case "x": text.append(try coded(digits: 2...2, radix: 16))
    case "u": text.append(try coded(digits: 4...4, radix: 16))
    case "U": text.append(try coded(digits: 8...8, radix: 16))
    case "N": throw Malformed()
    default: text.append(contentsOf: ["\\", scalar])
    }
  }

  private mutating func coded(
    digits: ClosedRange<Int>, radix: UInt32
  ) throws(Malformed) -> Unicode.Scalar {
    var (code, count) = (UInt32(0), 0)
    while count < digits.upperBound, let scalar = peek(), scalar.isASCII,
      let digit = Character(scalar).hexDigitValue, digit < radix
    {
      (code, count) = (code &* radix &+ UInt32(digit), count + 1)
      index += 1
    }
    // Half of a surrogate pair has no place in a Swift text.
    guard digits.contains(count), let scalar = Unicode.Scalar(code) else { throw Malformed() }
    return scalar
  }

  private func peek() -> Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private func atEnd(_ close: Unicode.Scalar?) -> Bool { peek() == close }

  private mutating func expect(_ scalar: Unicode.Scalar) throws(Malformed) {
    guard peek() == scalar else { throw Malformed() }
    index += 1
    skipSpace()
  }

  private mutating func skipSpace() {
    while let scalar = peek() {
      if scalar == "#" {
        while let scalar = peek(), scalar != "\n" { index += 1 }
      } else if " \t\n\r\u{C}".unicodeScalars.contains(scalar) {
        index += 1
      } else {
        return
      }
    }
  }
}

extension Unicode.Scalar {
  /// Whether it belongs to a number, whose exponent may have a sign.
  fileprivate func continuesNumber(after last: Unicode.Scalar?) -> Bool {
    switch self {
    case "0"..."9", "a"..."z", "A"..."Z", "_", ".": true
    case "+", "-": last == "e" || last == "E"
    default: false
    }
  }
}
