/// Splits a text into the words that the model encodes one by one.
protocol PreTokenizer: Sendable {
  /// Splits the words further, and may rewrite their bytes. Empty words are removed.
  func apply(to text: inout PreTokenizedText)
}

/// A text between pre-tokenizers: its bytes, and the words into which it is split so far.
///
/// Words are in order and do not overlap; bytes between them are dropped.
struct PreTokenizedText {
  /// UTF-8.
  var bytes: [UInt8]
  var words: [Range<Int>]
  /// Whether this is the start of the whole text, rather than text after an added token.
  let startsText: Bool

  init(_ bytes: [UInt8], startsText: Bool) {
    self.bytes = bytes
    self.startsText = startsText
    words = bytes.isEmpty ? [] : [0..<bytes.count]
  }
}

extension PreTokenizedText {
  /// Prepends a string to every word that does not start with it already and whose offset in
  /// `bytes` satisfies the predicate.
  mutating func prepend(_ prefix: [UInt8], where wanted: (Int) -> Bool) {
    var rewritten: [UInt8] = []
    rewritten.reserveCapacity(bytes.count + prefix.count)
    for index in words.indices {
      let word = words[index]
      let start = rewritten.count
      if wanted(word.lowerBound), !bytes[word].starts(with: prefix) {
        rewritten.append(contentsOf: prefix)
      }
      rewritten.append(contentsOf: bytes[word])
      words[index] = start..<rewritten.count
    }
    bytes = rewritten
  }
}

extension PreTokenizedText {
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
