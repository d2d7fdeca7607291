/// A pattern that finds its matches in UTF-8.
protocol SplitPattern: Sendable {
  /// The first match at or after `position`; never an empty one.
  func firstMatch(in text: Span<UInt8>, from position: Int) -> Range<Int>?
}
