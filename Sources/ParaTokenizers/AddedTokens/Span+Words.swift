extension Span<UInt8> {
  /// The start of the scalar that ends before `position`, which must be above 0.
  func before(_ position: Int) -> Int {
    var start = position - 1
    while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  func startOfWhitespace(before position: Int) -> Int {
    var start = position
    while start > 0, characterClass(at: before(start))?.isWhitespace == true {
      start = before(start)
    }
    return start
  }

  func hasWordCharacter(at position: Int) -> Bool {
    position < count && scalar(at: position).isWordCharacter
  }

  func hasWordCharacter(before position: Int) -> Bool {
    position > 0 && scalar(at: before(position)).isWordCharacter
  }
}
