/// Unicode's normalisation forms (Unicode Standard Annex 15).
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

  /// ASCII is the same in every form; the scalars below U+0300, whose UTF-8 starts below 0xCC, are
  /// composed as they are.
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
