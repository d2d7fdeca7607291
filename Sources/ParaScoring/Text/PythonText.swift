/// Text as Python's `str` and `re` see it, code point by code point.
///
/// Swift's own lower-casing, white space and equality differ (final sigma, U+001C to U+001F,
/// canonical equivalence), and published scores were computed by Python.
typealias PythonText = [Unicode.Scalar]

extension PythonText {
  init(_ string: String) {
    self = Array(string.unicodeScalars)
  }

  /// As a string.
  var string: String { self[...].string }

  /// `str.lower()`: full case mapping, with the final form of a sigma that ends a word.
  func lowercased() -> PythonText {
    var result: PythonText = []
    result.reserveCapacity(count)
    for (index, scalar) in enumerated() {
      if scalar.isASCII {
        result.append(scalar.asciiLowercased)
      } else if scalar == "Σ" {
        result.append(isFinalSigma(at: index) ? "ς" : "σ")
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return result
  }

  /// `str.split()`: the parts between runs of white space.
  func words() -> [ArraySlice<Unicode.Scalar>] {
    split(whereSeparator: \.isPythonSpace)
  }

  /// `str.strip()`.
  func stripped() -> ArraySlice<Unicode.Scalar> {
    guard let first = firstIndex(where: { !$0.isPythonSpace }),
      let last = lastIndex(where: { !$0.isPythonSpace })
    else { return [] }
    return self[first...last]
  }

  /// `str.rstrip()`.
  func strippedAtEnd() -> ArraySlice<Unicode.Scalar> {
    prefix(upTo: (lastIndex { !$0.isPythonSpace }).map { $0 + 1 } ?? startIndex)
  }

  /// `str.upper()`: full case mapping.
  func uppercased() -> PythonText {
    flatMap { $0.properties.uppercaseMapping.unicodeScalars }
  }

  /// `str.replace()`, for a pattern that is not empty.
  func replacing(_ pattern: PythonText, with replacement: PythonText) -> PythonText {
    guard let first = pattern.first, contains(first) else { return self }
    var result: PythonText = []
    result.reserveCapacity(count)
    var index = 0
    while index < count {
      if self[index] == first, self[index...].starts(with: pattern) {
        result += replacement
        index += pattern.count
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }

  /// The Unicode context of a final sigma: after a cased letter and not before one, whatever
  /// case-ignorable marks stand between.
  private func isFinalSigma(at index: Int) -> Bool {
    let before = self[..<index].last { !$0.properties.isCaseIgnorable }
    let after = self[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }
}

extension ArraySlice<Unicode.Scalar> {
  var string: String { String(String.UnicodeScalarView(self)) }
}

extension Unicode.Scalar {
  var asciiLowercased: Unicode.Scalar {
    ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value) + 32) : self
  }

  /// `str.isspace()`.
  var isPythonSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// `\w` in `re`: letters, whatever has a numeric value, and the underscore; no combining marks.
  var isPythonWord: Bool {
    switch self {
    case "a"..."z", "A"..."Z", "0"..."9", "_": return true
    default: break
    }
    if isASCII { return false }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return true
    default: return properties.numericType != nil
    }
  }

  /// `string.punctuation`: ASCII alone.
  var isPythonPunctuation: Bool {
    switch self {
    case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
    default: false
    }
  }
}
