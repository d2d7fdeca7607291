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

  /// General category P, and the nine ASCII symbols that count as punctuation with it: `$+<=>^|~`
  /// and the grave accent.
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
