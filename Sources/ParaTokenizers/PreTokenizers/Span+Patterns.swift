/// The alternatives that the pre-tokenizers' regular expressions share.
extension Span<UInt8> {
  /// `'s|'t|'re|'ve|'m|'ll|'d`; returns `position` if there is none.
  ///
  /// Ignoring case, the long s (U+017F) is an s too, as Unicode's case folding has it.
  func endOfContraction(from position: Int, ignoringCase: Bool) -> Int {
    guard isByte(UInt8(ascii: "'"), at: position), position + 1 < count else {
      return position
    }
    let fold: UInt8 = ignoringCase ? 0x20 : 0
    switch self[position + 1] | fold {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return position + 2
    case UInt8(ascii: "r") where isLetter("e", at: position + 2, fold): return position + 3
    case UInt8(ascii: "v") where isLetter("e", at: position + 2, fold): return position + 3
    case UInt8(ascii: "l") where isLetter("l", at: position + 2, fold): return position + 3
    default:
      let isLongS = ignoringCase && isByte(0xC5, at: position + 1) && isByte(0xBF, at: position + 2)
      return isLongS ? position + 3 : position
    }
  }

  private func isLetter(_ letter: Unicode.Scalar, at position: Int, _ fold: UInt8) -> Bool {
    position < count && self[position] | fold == UInt8(ascii: letter)
  }

  /// `\s+(?!\S)|\s+` where white space starts: the run, but for its last character if a word
  /// follows and the run is longer than that.
  func endOfWhitespace(from position: Int) -> Int {
    var end = position
    var last = position
    while let kind = characterClass(at: end), kind.isWhitespace {
      last = end
      end = after(end)
    }
    return end < count && last > position ? last : end
  }

  /// `\s*[\r\n]+`: the end of the last line break in the run of white space; nil if it has none.
  func endOfLastNewline(from position: Int) -> Int? {
    var end = position
    var found: Int?
    while let kind = characterClass(at: end), kind.isWhitespace {
      end = after(end)
      if kind == .newline { found = end }
    }
    return found
  }
}
