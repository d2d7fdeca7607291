/// Matches every single character that has a property.
struct CharacterPattern: SplitPattern {
  let property: @Sendable (Unicode.Scalar) -> Bool

  func firstMatch(in text: Span<UInt8>, from position: Int) -> Range<Int>? {
    var start = position
    while start < text.count {
      let end = text.after(start)
      if property(text.scalar(at: start)) { return start..<end }
      start = end
    }
    return nil
  }
}
