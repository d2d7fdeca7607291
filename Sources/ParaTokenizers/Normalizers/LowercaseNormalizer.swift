/// Lower-cases every scalar by itself: no rule that looks at neighbours, such as that of the final
/// sigma.
struct LowercaseNormalizer: Normalizer {
  func normalize(_ text: [UInt8]) -> [UInt8] {
    if text.allSatisfy({ $0 < 0x80 }) {
      return text.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
    let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
    return scalars.flatMap { Array($0.properties.lowercaseMapping.utf8) }
  }
}
