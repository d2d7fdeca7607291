/// Walking over UTF-8 by scalar and by character class. The text is known to be valid, as that of a
/// `String` is; every access is still bounds-checked by the span.
extension Span<UInt8> {
  /// The place after the scalar that starts here.
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

  /// The scalar that starts here.
  func scalar(at position: Int) -> Unicode.Scalar {
    let end = after(position)
    let first = UInt32(self[position])
    var value = first < 0x80 ? first : first & (0x7F >> UInt32(end - position))
    for index in position + 1..<Swift.max(end, position + 1) {
      value = value << 6 | UInt32(self[index] & 0x3F)
    }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  /// The class of the character that starts here; nil at the end of the text.
  @inline(__always)
  func characterClass(at position: Int) -> CharacterClass? {
    guard position < count else { return nil }
    let byte = self[position]
    return byte < 128 ? CharacterClass.ascii[Int(byte)] : CharacterClass(scalar(at: position))
  }

  /// The end of the run of that class which starts at `position`, after at most `limit` characters.
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

  /// Whether the literal stands here.
  func holds(_ literal: [UInt8], at position: Int) -> Bool {
    guard position + literal.count <= count else { return false }
    for offset in literal.indices where self[position + offset] != literal[offset] { return false }
    return true
  }
}
