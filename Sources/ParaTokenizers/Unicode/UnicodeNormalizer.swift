/// Unicode normalization forms NFC, NFD, NFKC and NFKD (Unicode Standard Annex 15).
///
/// The mappings are tables of Unicode 14.0 in this module rather than Foundation's, so that the tokens of
/// a text do not change with the ICU of a Swift release.
struct UnicodeNormalizer: Normalizer {
  enum Form: String {
    case nfc = "NFC"
    case nfd = "NFD"
    case nfkc = "NFKC"
    case nfkd = "NFKD"
  }

  let form: Form

  func normalize(_ text: [UInt8]) -> [UInt8] {
    if isUnaffected(text) { return text }
    var scalars = decomposed(text)
    Self.reorder(&scalars)
    if form == .nfc || form == .nfkc { Self.compose(&scalars) }
    return Array(String(String.UnicodeScalarView(scalars)).utf8)
  }

  /// ASCII is unchanged by every form, and scalars below U+0300 (first byte below 0xCC) are
  /// unchanged by NFC.
  private func isUnaffected(_ text: [UInt8]) -> Bool {
    let limit: UInt8 = form == .nfc ? 0xCC : 0x80
    return text.allSatisfy { $0 < limit }
  }

  private func decomposed(_ text: [UInt8]) -> [Unicode.Scalar] {
    let tables = Decompositions.shared
    let compatibility = form == .nfkc || form == .nfkd
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.count)
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      append(scalar, to: &scalars, tables, compatibility)
    }
    return scalars
  }

  private func append(
    _ scalar: Unicode.Scalar, to scalars: inout [Unicode.Scalar], _ tables: Decompositions,
    _ compatibility: Bool
  ) {
    if scalar.isASCII {
      scalars.append(scalar)
    } else if let parts = HangulSyllable.parts(of: scalar) {
      scalars += parts
    } else if let mapping = tables.mapping(of: scalar, compatibility: compatibility) {
      for part in mapping { append(part, to: &scalars, tables, compatibility) }
    } else {
      scalars.append(scalar)
    }
  }
}

extension UnicodeNormalizer {
  /// Canonical ordering: sorts every run of combining marks by combining class, stably.
  static func reorder(_ scalars: inout [Unicode.Scalar]) {
    var start = 0
    while start < scalars.count {
      guard combiningClass(scalars[start]) != 0 else {
        start += 1
        continue
      }
      var end = start + 1
      while end < scalars.count, combiningClass(scalars[end]) != 0 { end += 1 }
      if end - start > 1 {
        let sorted = scalars[start..<end].enumerated().sorted {
          let (left, right) = (combiningClass($0.element), combiningClass($1.element))
          return left == right ? $0.offset < $1.offset : left < right
        }
        scalars.replaceSubrange(start..<end, with: sorted.map(\.element))
      }
      start = end
    }
  }

  /// Canonical composition: combines every starter with the marks after it that are not blocked by
  /// a mark of the same or a higher class.
  static func compose(_ scalars: inout [Unicode.Scalar]) {
    let tables = Decompositions.shared
    var composed: [Unicode.Scalar] = []
    composed.reserveCapacity(scalars.count)
    var starter: Int?
    var previousClass: UInt8 = 0
    for scalar in scalars {
      let ownClass = combiningClass(scalar)
      let isAdjacent = starter == composed.count - 1
      if let place = starter, isAdjacent || previousClass < ownClass,
        let composite = HangulSyllable.composite(composed[place], scalar)
          ?? tables.composite(composed[place], scalar)
      {
        composed[place] = composite
        continue
      }
      if ownClass == 0 { starter = composed.count }
      previousClass = ownClass
      composed.append(scalar)
    }
    scalars = composed
  }

  @inline(__always)
  private static func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
    scalar.value < 0x300 ? 0 : scalar.properties.canonicalCombiningClass.rawValue
  }
}
