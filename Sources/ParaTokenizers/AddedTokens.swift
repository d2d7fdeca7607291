/// A token that is matched in the text itself, before the model encodes it: `<|endoftext|>`.
struct AddedToken: Sendable, Equatable {
  var id: TokenID
  var content: String
  /// Matched only between characters that are not word characters.
  var isSingleWord = false
  /// The match includes the white space before it (`lstrip`), or after it (`rstrip`).
  var stripsLeft = false
  var stripsRight = false
  /// Matched in the normalized text rather than in the original.
  var isNormalized = false
  /// Left out by decoding that skips special tokens.
  var isSpecial = false
}

/// How special tokens that are spelled out in a text are encoded.
public enum SpecialTokensInText: String, Sendable, CaseIterable {
  /// As these tokens, wherever the text came from.
  case parse
  /// As the characters that they are made of, so that nobody who writes text can write a special token.
  case text
}

/// Which added tokens are matched in a text.
enum AddedTokenSelection {
  case all, ordinary, none
}

/// Finds added tokens in a text: leftmost first, the longest at each position.
struct AddedTokenMatcher: Sendable {
  /// A range of the text: an added token, or text for the model if `token` is nil.
  struct Section: Equatable {
    let range: Range<Int>
    let token: TokenID?
  }

  private let tokens: [AddedToken]
  private let trie: ByteTrie

  /// Of tokens that are equal after normalization, special ones take precedence, then earlier ones.
  ///
  /// - Parameter normalize: The normalization of the text, which is applied to the tokens too.
  init(_ tokens: [AddedToken], normalize: ([UInt8]) -> [UInt8] = { $0 }) {
    let tokens = tokens.filter(\.isSpecial) + tokens.filter { !$0.isSpecial }
    self.tokens = tokens
    var trie = ByteTrie()
    for (index, token) in tokens.enumerated() {
      trie.insert(normalize(Array(token.content.utf8)), value: Int32(index))
    }
    self.trie = trie
  }

  /// The sections of the text in order, none of them empty.
  func sections(of text: Span<UInt8>, matching selection: AddedTokenSelection = .all) -> [Section] {
    guard !trie.isEmpty, selection != .none else {
      return text.isEmpty ? [] : [Section(range: 0..<text.count, token: nil)]
    }
    var sections: [Section] = []
    var taken = 0
    var position = 0
    while position < text.count {
      guard let (end, index) = trie.longestMatch(in: text, at: position) else {
        position += 1
        continue
      }
      let token = tokens[Int(index)]
      if token.isSpecial && selection == .ordinary {
        position = end
        continue
      }
      if let range = accepted(position..<end, token, in: text, after: taken) {
        if taken < range.lowerBound {
          sections.append(Section(range: taken..<range.lowerBound, token: nil))
        }
        sections.append(Section(range: range, token: token.id))
        taken = range.upperBound
      }
      position = end
    }
    if taken < text.count { sections.append(Section(range: taken..<text.count, token: nil)) }
    return sections
  }

  /// The range that the token matches, white space included; nil for a single-word token inside a
  /// word.
  private func accepted(
    _ match: Range<Int>, _ token: AddedToken, in text: Span<UInt8>, after taken: Int
  ) -> Range<Int>? {
    if token.isSingleWord,
      text.hasWordCharacter(before: match.lowerBound)
        || text.hasWordCharacter(at: match.upperBound)
    {
      return nil
    }
    var start = match.lowerBound
    var end = match.upperBound
    if token.stripsLeft { start = max(taken, text.startOfWhitespace(before: start)) }
    if token.stripsRight {
      while text.characterClass(at: end)?.isWhitespace == true { end = text.after(end) }
    }
    return start..<end
  }
}
