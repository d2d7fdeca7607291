/// A pattern that is matched in UTF-8 without decoding the text first.
protocol SplitPattern: Sendable {
  /// The first match at or after `position`; never empty.
  func firstMatch(in text: Span<UInt8>, from position: Int) -> Range<Int>?
}

/// Matches one literal string.
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

/// Matches every single character with a property.
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

/// The pattern `\w+|[^\w\s]+`.
struct WordPattern: SplitPattern {
  func firstMatch(in text: Span<UInt8>, from position: Int) -> Range<Int>? {
    var start = position
    while let kind = text.characterClass(at: start), kind.isWhitespace { start = text.after(start) }
    guard start < text.count else { return nil }
    let isWord = text.hasWordCharacter(at: start)
    var end = text.after(start)
    while let kind = text.characterClass(at: end), !kind.isWhitespace,
      text.hasWordCharacter(at: end) == isWord
    {
      end = text.after(end)
    }
    return start..<end
  }
}
