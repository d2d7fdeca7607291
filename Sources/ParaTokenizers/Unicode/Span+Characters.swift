/// Traversal of UTF-8 by scalar and by character class. The text is valid, as it comes from a
/// `String`; the span still checks the bounds of every access.
extension Span<UInt8> {
  /// The position after the scalar at this one.
  @inline(__always)
  func after(_ position: Int) -> Int {
    let length =
      switch self[position] {
      case ..<0x80: 1
      case ..<0xE0: 2
      case ..<0xF0: 3
      default: 4
      }
    return Swift.min(position + length, count)
  }

  /// The scalar at this position.
  func scalar(at position: Int) -> Unicode.Scalar {
    let end = after(position)
    let first = UInt32(self[position])
    var value = first < 0x80 ? first : first & (0x7F >> UInt32(end - position))
    for index in position + 1..<Swift.max(end, position + 1) {
      value = value << 6 | UInt32(self[index] & 0x3F)
    }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  /// The class of the character at this position; nil at the end of the text.
  @inline(__always)
  func characterClass(at position: Int) -> CharacterClass? {
    guard position < count else { return nil }
    let byte = self[position]
    return byte < 128 ? CharacterClass.ascii[Int(byte)] : CharacterClass(scalar(at: position))
  }

  /// The end of the run of characters of that class at `position`, of at most `limit` characters.
  func endOfRun(of wanted: CharacterClass, from position: Int, limit: Int = .max) -> Int {
    var end = position
    var length = 0
    while length < limit, characterClass(at: end) == wanted {
      end = after(end)
      length += 1
    }
    return end
  }

  func isByte(_ byte: UInt8, at position: Int) -> Bool {
    position < count && self[position] == byte
  }

  /// Whether the literal is at this position.
  func holds(_ literal: [UInt8], at position: Int) -> Bool {
    guard position + literal.count <= count else { return false }
    for offset in literal.indices where self[position + offset] != literal[offset] { return false }
    return true
  }
}

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
