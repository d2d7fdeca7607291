import Testing

@testable import ParaTokenizers

struct NormalizerTests {
  /// Lines of NormalizationTest.txt of the Unicode Character Database: source, NFC, NFD, NFKC,
  /// NFKD.
  private static let rows: [[String]] = [
    ["\u{1E0A}", "\u{1E0A}", "D\u{307}", "\u{1E0A}", "D\u{307}"],
    [
      "\u{1E0A}\u{323}", "\u{1E0C}\u{307}", "D\u{323}\u{307}", "\u{1E0C}\u{307}", "D\u{323}\u{307}",
    ],
    ["\u{212B}", "\u{C5}", "A\u{30A}", "\u{C5}", "A\u{30A}"],
    ["\u{FB01}", "\u{FB01}", "\u{FB01}", "fi", "fi"],
    ["\u{1E9B}\u{323}", "\u{1E9B}\u{323}", "\u{17F}\u{323}\u{307}", "\u{1E69}", "s\u{323}\u{307}"],
    ["\u{AC01}", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}", "\u{AC01}", "\u{1100}\u{1161}\u{11A8}"],
    ["\u{0958}", "\u{0915}\u{093C}", "\u{0915}\u{093C}", "\u{0915}\u{093C}", "\u{0915}\u{093C}"],
    [
      "\u{2126}\u{3382}", "\u{3A9}\u{3382}", "\u{3A9}\u{3382}", "\u{3A9}\u{3BC}A",
      "\u{3A9}\u{3BC}A",
    ],
    [
      "a\u{315}\u{300}\u{5AE}\u{300}b", "\u{E0}\u{5AE}\u{300}\u{315}b",
      "a\u{5AE}\u{300}\u{300}\u{315}b", "\u{E0}\u{5AE}\u{300}\u{315}b",
      "a\u{5AE}\u{300}\u{300}\u{315}b",
    ],
    [
      "\u{1D15E}", "\u{1D157}\u{1D165}", "\u{1D157}\u{1D165}", "\u{1D157}\u{1D165}",
      "\u{1D157}\u{1D165}",
    ],
  ]

  @Test func normalizationForms() {
    let forms: [UnicodeNormalizer.Form] = [.nfc, .nfd, .nfkc, .nfkd]
    for row in Self.rows {
      for (form, expected) in zip(forms, row.dropFirst()) {
        let found = UnicodeNormalizer(form: form).normalize(Array(row[0].utf8))
        #expect(found == Array(expected.utf8), "\(form.rawValue) of \(row[0].debugDescription)")
      }
    }
  }

  @Test func compositionUndoesDecomposition() {
    for value in UInt32(0xC0)..<0x2000 {
      guard let scalar = Unicode.Scalar(value), !scalar.properties.isFullCompositionExclusion,
        scalar.properties.canonicalCombiningClass == .notReordered
      else { continue }
      let text = Array(String(scalar).utf8)
      let decomposed = UnicodeNormalizer(form: .nfd).normalize(text)
      #expect(UnicodeNormalizer(form: .nfc).normalize(decomposed) == text)
    }
  }
}
