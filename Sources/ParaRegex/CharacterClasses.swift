/// What `\w`, `\d` and `\s` of Python hold, inside brackets of PCRE2.
private enum Shorthand {
  /// `str.isalnum` and the underscore.
  static let word = "\\p{L}\\p{N}_"
  static let asciiWord = "a-zA-Z0-9_"
  /// `str.isdecimal`.
  static let digit = "\\p{Nd}"
  static let asciiDigit = "0-9"
  /// `str.isspace`.
  static let space =
    "\\x{9}-\\x{d}\\x{1c}-\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"
  static let asciiSpace = "\\x{9}-\\x{d}\\x{20}"

  /// The members of the shorthand with this small letter.
  static func members(_ letter: Unicode.Scalar, ascii: Bool) -> String? {
    switch letter {
    case "w": ascii ? asciiWord : word
    case "d": ascii ? asciiDigit : digit
    case "s": ascii ? asciiSpace : space
    default: nil
    }
  }
}

extension PythonRegexTranslator {
  private var isASCII: Bool { flags.contains(.ascii) }

  // MARK: Escapes

  /// What follows a backslash outside of brackets.
  mutating func escape() throws(PythonRegexError) -> String {
    guard let scalar = next() else { throw error("ends in a backslash") }
    isAnchor = ["A", "Z", "b", "B"].contains(scalar)
    switch scalar {
    case "A": return "\\A"
    case "Z": return "\\z"
    case "b": return boundary(isInside: false)
    case "B": return boundary(isInside: true)
    case "1"..."9": return try numberedReference(scalar)
    default: break
    }
    if let set = shorthand(scalar) {
      return set.isNegated ? "[^\(set.members)]" : "[\(set.members)]"
    }
    return cased(Self.literal(try escapedCharacter(scalar)))
  }

  /// `\b` lies between a word's character and another or an end; `\B` everywhere else, but not in a text
  /// without characters, where neither matches.
  private func boundary(isInside: Bool) -> String {
    let word = "[\(isASCII ? Shorthand.asciiWord : Shorthand.word)]"
    return isInside
      ? "(?:(?!\\A\\z)(?:(?<=\(word))(?=\(word))|(?<!\(word))(?!\(word))))"
      : "(?:(?<=\(word))(?!\(word))|(?<!\(word))(?=\(word)))"
  }

  private func shorthand(_ scalar: Unicode.Scalar) -> (members: String, isNegated: Bool)? {
    if let members = Shorthand.members(scalar, ascii: isASCII) { return (members, false) }
    let small: [Unicode.Scalar: Unicode.Scalar] = ["W": "w", "D": "d", "S": "s"]
    guard let letter = small[scalar], let members = Shorthand.members(letter, ascii: isASCII) else {
      return nil
    }
    return (members, true)
  }

  /// One or two digits are a group; three octal ones a character.
  private mutating func numberedReference(_ first: Unicode.Scalar) throws(PythonRegexError)
    -> String
  {
    let start = index
    var digits = String(Character(first))
    if let second = peek, ("0"..."9").contains(second) {
      index += 1
      digits.unicodeScalars.append(second)
      if let third = peek,
        (digits + String(Character(third))).unicodeScalars.allSatisfy(Self.isOctal)
      {
        index += 1
        return cased(Self.literal(try octal(digits + String(Character(third)))))
      }
    }
    guard let number = Int(digits) else {
      index = start
      throw error("has an unusable reference")
    }
    return try reference(to: number)
  }

  private static func isOctal(_ scalar: Unicode.Scalar) -> Bool { ("0"..."7").contains(scalar) }

  private func octal(_ digits: String) throws(PythonRegexError) -> Unicode.Scalar {
    guard let value = UInt32(digits, radix: 8), value <= 0o377, let scalar = Unicode.Scalar(value)
    else { throw error("has an octal escape above \\377") }
    return scalar
  }

  /// The character that an escape stands for, inside brackets or outside.
  private mutating func escapedCharacter(
    _ scalar: Unicode.Scalar
  ) throws(PythonRegexError) -> Unicode.Scalar {
    let controls: [Unicode.Scalar: Unicode.Scalar] = [
      "a": "\u{07}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}",
    ]
    if let control = controls[scalar] { return control }
    switch scalar {
    case "x": return try hexadecimal(digits: 2)
    case "u": return try hexadecimal(digits: 4)
    case "U": return try hexadecimal(digits: 8)
    case "0":
      var digits = "0"
      while digits.count < 3, let digit = peek, Self.isOctal(digit) {
        digits.unicodeScalars.append(digit)
        index += 1
      }
      return try octal(digits)
    case "a"..."z", "A"..."Z", "0"..."9":
      throw error("has the escape \\\(scalar), which is not known")
    default: return scalar
    }
  }

  private mutating func hexadecimal(digits count: Int) throws(PythonRegexError) -> Unicode.Scalar {
    var digits = ""
    while digits.count < count, let digit = peek, digit.properties.isASCIIHexDigit {
      digits.unicodeScalars.append(digit)
      index += 1
    }
    guard digits.count == count, let value = UInt32(digits, radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw error("has an incomplete escape of a character's number") }
    return scalar
  }

  // MARK: Brackets

  /// A class after its opening bracket.
  mutating func characterClass() throws(PythonRegexError) -> String {
    let isNegated = take("^")
    var members = ""
    var complements: [String] = []
    var isFirst = true
    while true {
      guard let scalar = next() else { throw error("has a bracket without end") }
      if scalar == "]", !isFirst { break }
      isFirst = false
      if scalar == "\\", let escaped = peek, let set = shorthand(escaped) {
        index += 1
        if set.isNegated { complements.append("[^\(set.members)]") } else { members += set.members }
        try refuseRange()
        continue
      }
      members += try range(from: scalar)
    }
    return assembled(members, complements, isNegated)
  }

  /// PCRE2's brackets hold no complement of several properties, so those stand beside them.
  private func assembled(_ members: String, _ complements: [String], _ isNegated: Bool) -> String {
    if complements.isEmpty { return cased(isNegated ? "[^\(members)]" : "[\(members)]") }
    let sets = (members.isEmpty ? [] : ["[\(members)]"]) + complements
    let union = "(?:\(sets.joined(separator: "|")))"
    return cased(isNegated ? "(?:(?!\(union))(?s:.))" : union)
  }

  private mutating func classCharacter(_ scalar: Unicode.Scalar) throws(PythonRegexError)
    -> Unicode.Scalar
  {
    guard scalar == "\\" else { return scalar }
    guard let escaped = next() else { throw error("ends in a backslash") }
    if escaped == "b" { return "\u{08}" }
    if Self.isOctal(escaped), escaped != "0" {
      var digits = String(Character(escaped))
      while digits.count < 3, let digit = peek, Self.isOctal(digit) {
        digits.unicodeScalars.append(digit)
        index += 1
      }
      if digits.count == 3 { return try octal(digits) }
      throw error("has the escape \\\(digits) in brackets, which is not known")
    }
    return try escapedCharacter(escaped)
  }

  /// A character, or a range of them.
  private mutating func range(from first: Unicode.Scalar) throws(PythonRegexError) -> String {
    let low = try classCharacter(first)
    guard peek == "-" else { return Self.member(low) }
    index += 1
    guard let second = peek, second != "]" else {
      index -= 1
      return Self.member(low)
    }
    index += 1
    if second == "\\", let escaped = peek, shorthand(escaped) != nil {
      throw error("has a range that ends in a class")
    }
    let high = try classCharacter(second)
    guard low.value <= high.value else { throw error("has a range of which the end comes first") }
    return Self.member(low) + "-" + Self.member(high)
  }

  /// `[\w-a]` is an error in Python; a hyphen before the closing bracket is itself.
  private mutating func refuseRange() throws(PythonRegexError) {
    guard peek == "-", take("-") else { return }
    if peek != "]" { throw error("has a range that begins with a class") }
    index -= 1
  }

  private static func member(_ scalar: Unicode.Scalar) -> String {
    "\\x{\(String(scalar.value, radix: 16))}"
  }
}
