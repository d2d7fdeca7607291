/// Rewrites a text before it is cut into words.
protocol Normalizer: Sendable {
  /// Takes and gives UTF-8.
  func normalize(_ text: [UInt8]) -> [UInt8]

  /// Whether the first character of the text stays; if not, what is left no longer starts the text.
  func keepsStart(of text: [UInt8]) -> Bool
}

extension Normalizer {
  func keepsStart(of text: [UInt8]) -> Bool { true }
}
