/// Text as Python's `str` and `re` see it, code point by code point.
///
/// Swift's own lower-casing, white space and equality differ (final sigma, U+001C to U+001F,
/// canonical equivalence), and published scores were computed by Python.
typealias PythonText = [Unicode.Scalar]

extension PythonText {
  init(_ string: String) {
    self = Array(string.unicodeScalars)
  }

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

  /// The Unicode context of a final sigma: after a cased letter and not before one, whatever
  /// case-ignorable marks stand between.
  private func isFinalSigma(at index: Int) -> Bool {
    let before = self[..<index].last { !$0.properties.isCaseIgnorable }
    let after = self[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }
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
