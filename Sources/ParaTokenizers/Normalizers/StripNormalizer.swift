/// Drops white space from the start or the end of a text.
struct StripNormalizer: Normalizer {
  let stripsLeft: Bool
  let stripsRight: Bool

  func normalize(_ text: [UInt8]) -> [UInt8] {
    let span = text.span
    var start = 0
    var end = text.count
    if stripsLeft {
      while span.characterClass(at: start)?.isWhitespace == true { start = span.after(start) }
    }
    if stripsRight { end = max(start, span.startOfWhitespace(before: end)) }
    return Array(text[start..<end])
  }

  func keepsStart(of text: [UInt8]) -> Bool {
    !stripsLeft || text.span.characterClass(at: 0)?.isWhitespace != true
  }
}
