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
