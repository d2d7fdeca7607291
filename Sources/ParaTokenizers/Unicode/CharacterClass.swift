/// The five classes of characters that the pre-tokenization patterns distinguish: `\p{L}`, `\p{N}`,
/// `[\r\n]`, the rest of `\s`, and all others.
enum CharacterClass: UInt8 {
  case letter, number, newline, space, other

  init(_ scalar: Unicode.Scalar) {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      self = .letter
    case .decimalNumber, .letterNumber, .otherNumber:
      self = .number
    case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator:
      self = scalar == "\n" || scalar == "\r" ? .newline : properties.isWhitespace ? .space : .other
    default:
      self = .other
    }
  }

  static let ascii: [CharacterClass] = (UInt8(0)..<128).map { CharacterClass(Unicode.Scalar($0)) }

  var isWhitespace: Bool { self == .space || self == .newline }
}

extension Unicode.Scalar {
  /// Whether the regular expression `\w` matches: letters, marks, decimal digits, connecting
  /// punctuation and the two joiners (Unicode Technical Standard 18, annex C).
  var isWordCharacter: Bool {
    if isASCII {
      switch self {
      case "a"..."z", "A"..."Z", "0"..."9", "_": return true
      default: return false
      }
    }
    switch properties.generalCategory {
    case .decimalNumber, .connectorPunctuation: return true
    default: return isMark || properties.isAlphabetic || value == 0x200C || value == 0x200D
    }
  }

  /// General category M.
  var isMark: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  /// General category P, and the nine ASCII symbols that `tokenizers` counts as punctuation too:
  /// `$+<=>^|~` and the grave accent.
  var isPunctuation: Bool {
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    case .mathSymbol, .currencySymbol, .modifierSymbol: isASCII
    default: false
    }
  }
}
