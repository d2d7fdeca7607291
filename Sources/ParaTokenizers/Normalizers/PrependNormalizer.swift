/// Puts a string in front of a text that is not empty.
struct PrependNormalizer: Normalizer {
  let prefix: [UInt8]

  func normalize(_ text: [UInt8]) -> [UInt8] { text.isEmpty ? text : prefix + text }
}
