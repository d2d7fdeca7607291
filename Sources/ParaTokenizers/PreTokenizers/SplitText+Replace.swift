extension SplitText {
  /// Replaces a string inside every word.
  mutating func replace(_ literal: [UInt8], with content: [UInt8]) {
    let normalizer = ReplaceNormalizer(pattern: LiteralPattern(literal), content: content)
    var rewritten: [UInt8] = []
    rewritten.reserveCapacity(bytes.count + bytes.count / 4)
    for index in words.indices {
      let start = rewritten.count
      normalizer.append(bytes.span.extracting(words[index]), to: &rewritten)
      words[index] = start..<rewritten.count
    }
    words.removeAll { $0.isEmpty }
    bytes = rewritten
  }
}
