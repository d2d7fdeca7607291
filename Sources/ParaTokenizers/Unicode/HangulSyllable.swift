/// Hangul syllables, whose decompositions are computed (The Unicode Standard, section 3.12).
enum HangulSyllable {
  private static let first: UInt32 = 0xAC00
  private static let leading: UInt32 = 0x1100
  private static let vowel: UInt32 = 0x1161
  /// One before the first trailing consonant.
  private static let trailing: UInt32 = 0x11A7
  private static let leadingCount: UInt32 = 19
  private static let vowelCount: UInt32 = 21
  private static let trailingCount: UInt32 = 28
  private static let count = leadingCount * vowelCount * trailingCount

  /// The two or three letters of a syllable; nil for any other scalar.
  static func parts(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
    let index = scalar.value &- first
    guard index < count else { return nil }
    let values = [
      leading + index / (vowelCount * trailingCount),
      vowel + index / trailingCount % vowelCount,
      trailing + index % trailingCount,
    ]
    return values.prefix(index % trailingCount == 0 ? 2 : 3).compactMap { Unicode.Scalar($0) }
  }

  /// The syllable of a leading consonant and a vowel, or of a syllable and a trailing consonant.
  static func composite(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Unicode.Scalar? {
    let vowelIndex = right.value &- vowel
    if case let leadingIndex = left.value &- leading, leadingIndex < leadingCount,
      vowelIndex < vowelCount
    {
      return Unicode.Scalar(first + (leadingIndex * vowelCount + vowelIndex) * trailingCount)
    }
    let trailingIndex = right.value &- trailing
    if case let index = left.value &- first, index < count, index % trailingCount == 0,
      trailingIndex > 0, trailingIndex < trailingCount
    {
      return Unicode.Scalar(left.value + trailingIndex)
    }
    return nil
  }
}
