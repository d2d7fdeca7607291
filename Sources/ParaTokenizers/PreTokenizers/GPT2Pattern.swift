/// The pattern of GPT-2's byte-level tokenizer, which cuts every text without a gap:
///
///     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
struct GPT2Pattern: SplitPattern {
  static let spellings: Set<String> = [
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
    #"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
    #"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"#,
  ]

  func firstMatch(in text: Span<UInt8>, from position: Int) -> Range<Int>? {
    guard let first = text.characterClass(at: position) else { return nil }
    let contraction = text.endOfContraction(from: position, ignoringCase: false)
    if contraction > position { return position..<contraction }
    if first.isWhitespace {
      let next = position + 1
      if text.isByte(0x20, at: position), let kind = text.characterClass(at: next),
        !kind.isWhitespace
      {
        return position..<text.endOfRun(of: kind, from: next)
      }
      return position..<text.endOfWhitespace(from: position)
    }
    return position..<text.endOfRun(of: first, from: position)
  }
}
