/// Matches one fixed string.
struct LiteralPattern: SplitPattern {
  private let literal: [UInt8]

  /// The literal must not be empty.
  init(_ literal: [UInt8]) { self.literal = literal }

  func firstMatch(in text: Span<UInt8>, from position: Int) -> Range<Int>? {
    var start = position
    while start + literal.count <= text.count {
      if text.holds(literal, at: start) { return start..<start + literal.count }
      start += 1
    }
    return nil
  }
}
