/// The pattern of tiktoken's cl100k, Llama 3 and Qwen2, which cuts every text without a gap:
///
///     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
///     ␣?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
///
/// Qwen2 takes digits one by one, the others by up to three.
struct CL100KPattern: SplitPattern {
  let maximumDigits: Int

  static let spellings: [String: Int] = [
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
      + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#: 3,
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
      + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#: 1,
    #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*"#
      + #"|\s*[\r\n]|\s+(?!\S)|\s+"#: 3,
  ]

  func firstMatch(in text: Span<UInt8>, from position: Int) -> Range<Int>? {
    guard let first = text.characterClass(at: position) else { return nil }
    return position..<end(text, position, first)
  }

  private func end(_ text: Span<UInt8>, _ position: Int, _ first: CharacterClass) -> Int {
    switch first {
    case .letter: return text.endOfRun(of: .letter, from: position)
    case .number: return text.endOfRun(of: .number, from: position, limit: maximumDigits)
    case .newline: return endOfWhitespace(text, position)
    case .space, .other: break
    }
    let contraction = text.endOfContraction(from: position, ignoringCase: true)
    if contraction > position { return contraction }
    let next = text.after(position)
    let following = text.characterClass(at: next)
    if following == .letter { return text.endOfRun(of: .letter, from: next) }
    if first == .other || following == .other && text.isByte(0x20, at: position) {
      return text.endOfRun(of: .newline, from: text.endOfRun(of: .other, from: next))
    }
    return endOfWhitespace(text, position)
  }

  private func endOfWhitespace(_ text: Span<UInt8>, _ position: Int) -> Int {
    text.endOfLastNewline(from: position) ?? text.endOfWhitespace(from: position)
  }
}
