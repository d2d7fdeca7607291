/// Splits at the matches of a pattern.
struct SplitPreTokenizer: PreTokenizer {
  let pattern: any SplitPattern
  let behavior: SplitBehavior
  /// Whether the text between matches counts as the match.
  let inverted: Bool

  init(_ pattern: any SplitPattern, _ behavior: SplitBehavior, inverted: Bool = false) {
    self.pattern = pattern
    self.behavior = behavior
    self.inverted = inverted
  }

  func apply(to text: inout PreTokenizedText) {
    var words: [Range<Int>] = []
    words.reserveCapacity(text.words.count)
    for word in text.words {
      let pieces = pieces(of: text.bytes.span.extracting(word))
      append(pieces, offset: word.lowerBound, to: &words)
    }
    text.words = words
  }

  /// A range of a word, and whether it counts as a match.
  private typealias Piece = (range: Range<Int>, isMatch: Bool)

  private func pieces(of word: Span<UInt8>) -> [Piece] {
    var pieces: [Piece] = []
    var end = 0
    while let match = pattern.firstMatch(in: word, from: end) {
      if match.lowerBound > end { pieces.append((end..<match.lowerBound, inverted)) }
      pieces.append((match, !inverted))
      end = match.upperBound
    }
    if end < word.count { pieces.append((end..<word.count, inverted)) }
    return pieces
  }

  private func append(_ pieces: [Piece], offset: Int, to words: inout [Range<Int>]) {
    var previousIsMatch: Bool?
    let first = words.count
    for (range, isMatch) in pieces {
      let joins =
        switch behavior {
        case .removed, .isolated: false
        case .contiguous: previousIsMatch == isMatch
        case .mergedWithPrevious: isMatch && previousIsMatch == false
        case .mergedWithNext: !isMatch && previousIsMatch == true
        }
      previousIsMatch = isMatch
      if isMatch, behavior == .removed { continue }
      let word = range.lowerBound + offset..<range.upperBound + offset
      if joins, words.count > first {
        words[words.count - 1] = words[words.count - 1].lowerBound..<word.upperBound
      } else {
        words.append(word)
      }
    }
  }
}

/// What a split does with its matches, as named in `tokenizer.json`.
enum SplitBehavior: String {
  /// Matches are removed.
  case removed = "Removed"
  /// Every match is a separate word.
  case isolated = "Isolated"
  /// A match is appended to the word before it.
  case mergedWithPrevious = "MergedWithPrevious"
  /// A match is prepended to the word after it.
  case mergedWithNext = "MergedWithNext"
  /// Adjacent matches form one word.
  case contiguous = "Contiguous"
}
