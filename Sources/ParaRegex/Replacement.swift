extension PythonRegex {
  /// `re.sub`: the text with its matches replaced.
  ///
  /// - Parameters:
  ///   - template: With Python's references to groups: `\1`, `\g<1>`, `\g<name>`.
  ///   - count: How many matches at most; 0 is all.
  /// - Throws: ``PythonRegexError`` for a reference to a group that there is not, too.
  public func replacing(
    in text: String, with template: String, count: Int = 0
  ) throws(PythonRegexError) -> String {
    let replacement = try Replacement(template, for: self)
    var (result, end) = ("", 0)
    for match in try matches(in: text, atMost: count > 0 ? count : .max) {
      result += text.bytes(end..<match.range.lowerBound) + replacement.text(for: match)
      end = match.range.upperBound
    }
    return result + text.bytes(end..<text.utf8.count)
  }
}

/// The replacement of `re.sub`, parsed.
private struct Replacement {
  private enum Part {
    case literal(String)
    case group(Int)
  }

  private var parts: [Part] = []

  init(_ template: String, for regex: PythonRegex) throws(PythonRegexError) {
    var text = template.unicodeScalars[...]
    while let scalar = text.popFirst() {
      guard scalar == "\\" else {
        append(scalar)
        continue
      }
      guard let escaped = text.popFirst() else {
        throw Self.error(regex, template, "ends in a backslash")
      }
      switch escaped {
      case "g": try appendNamedGroup(&text, template, regex)
      case "0"..."9": try appendNumber(escaped, &text, template, regex)
      case "\\": append("\\")
      case "a"..."z", "A"..."Z":
        guard let control = Self.controls[escaped] else {
          throw Self.error(regex, template, "has the unknown escape \\\(escaped)")
        }
        append(control)
      default:
        append("\\")
        append(escaped)
      }
    }
  }

  func text(for match: PythonMatch) -> String {
    parts.map { part in
      switch part {
      case .literal(let text): text
      case .group(let number): match.group(number) ?? ""
      }
    }.joined()
  }

  static let controls: [Unicode.Scalar: Unicode.Scalar] = [
    "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}",
  ]

  private mutating func append(_ scalar: Unicode.Scalar) {
    if case .literal(var text)? = parts.last {
      text.unicodeScalars.append(scalar)
      parts[parts.count - 1] = .literal(text)
    } else {
      parts.append(.literal(String(Character(scalar))))
    }
  }

  /// `\g<1>` or `\g<name>`.
  private mutating func appendNamedGroup(
    _ text: inout String.UnicodeScalarView.SubSequence, _ template: String, _ regex: PythonRegex
  ) throws(PythonRegexError) {
    guard text.popFirst() == "<", let end = text.firstIndex(of: ">") else {
      throw Self.error(regex, template, "has \\g without <name>")
    }
    let name = String(text[..<end])
    text = text[text.index(after: end)...]
    try appendGroup(Int(name) ?? regex.groupNames[name], name, template, regex)
  }

  /// `\0` and three octal digits are a character; else one or two digits are a group.
  private mutating func appendNumber(
    _ first: Unicode.Scalar, _ text: inout String.UnicodeScalarView.SubSequence, _ template: String,
    _ regex: PythonRegex
  ) throws(PythonRegexError) {
    let isOctal: (Unicode.Scalar) -> Bool = { ("0"..."7").contains($0) }
    if first == "0"
      || (isOctal(first) && text.prefix(2).count == 2 && text.prefix(2).allSatisfy(isOctal))
    {
      let digits = [first] + text.prefix(2).prefix(while: isOctal)
      text = text.dropFirst(digits.count - 1)
      let value = digits.reduce(UInt32(0)) { $0 * 8 + $1.value - 48 }
      guard value <= 0o377, let scalar = Unicode.Scalar(value) else {
        throw Self.error(regex, template, "has an octal escape above \\377")
      }
      return append(scalar)
    }
    var digits = String(Character(first))
    if let next = text.first, ("0"..."9").contains(next) {
      digits.unicodeScalars.append(next)
      text = text.dropFirst()
    }
    try appendGroup(Int(digits), digits, template, regex)
  }

  private mutating func appendGroup(
    _ number: Int?, _ name: String, _ template: String, _ regex: PythonRegex
  ) throws(PythonRegexError) {
    guard let number, (0...regex.groupCount).contains(number) else {
      throw Self.error(regex, template, "refers to the group \(name), which there is not")
    }
    parts.append(.group(number))
  }

  private static func error(
    _ regex: PythonRegex, _ template: String, _ reason: String
  ) -> PythonRegexError {
    PythonRegexError(regex.pattern, "has the replacement '\(template)', which \(reason).")
  }
}
