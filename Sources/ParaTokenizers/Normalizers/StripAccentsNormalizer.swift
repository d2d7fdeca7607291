/// Drops all marks. Accents that are part of a character stay, unless NFD or NFKD went before.
struct StripAccentsNormalizer: Normalizer {
  func normalize(_ text: [UInt8]) -> [UInt8] {
    var scalars = String(decoding: text, as: UTF8.self).unicodeScalars
    scalars.removeAll(where: \.isMark)
    return Array(String(scalars).utf8)
  }

  func keepsStart(of text: [UInt8]) -> Bool { text.isEmpty || !text.span.scalar(at: 0).isMark }
}
