/// Byte-pair encoding: a word starts as its characters, and pairs join by rank.
///
/// It serves the merges of a `tokenizer.json` or `merges.txt`, SentencePiece's BPE (where every
/// way to split a piece in two is a merge, ranked by the piece's score) and tiktoken's ranks.
/// Source: Sennrich et al., Neural Machine Translation of Rare Words with Subword Units, 2016.
struct BytePairModel: TokenModel {
  let vocabulary: Vocabulary
  private let merges: MergeTable
  private let unknown: UnknownPolicy
  /// Whether a word that is a piece is that piece, however its merges would go.
  private let takesWholeWords: Bool
  /// Strings that are one token wherever they stand, and take part in no merge.
  private let indivisible: ByteTrie
  /// The token of each ASCII character, −1 where there is none.
  private let asciiTokens: [TokenID]
  /// Tokens that no character stands for, although their pieces may have only one.
  private let reserved: Set<TokenID>

  init(
    vocabulary: Vocabulary, merges: MergeTable, unknown: UnknownPolicy, takesWholeWords: Bool,
    indivisible: ByteTrie = ByteTrie(), reserved: Set<TokenID> = []
  ) {
    self.vocabulary = vocabulary
    self.merges = merges
    self.unknown = unknown
    self.takesWholeWords = takesWholeWords
    self.indivisible = indivisible
    self.reserved = reserved
    asciiTokens = (UInt8(0)..<128).map { byte in
      guard let id = vocabulary.id(of: [byte].span), !reserved.contains(id) else { return -1 }
      return id
    }
  }

  /// Whether cutting at `WordStartSplit`'s places leaves every result as it is.
  var allowsWordStartSplit: Bool { !takesWholeWords && WordStartSplit.isSafe(for: vocabulary) }

  func encode(_ word: Span<UInt8>, into ids: inout [TokenID], scratch: inout EncodingScratch) {
    if takesWholeWords, let id = vocabulary.id(of: word) {
      ids.append(id)
      return
    }
    appendCharacters(of: word, to: &scratch.merging)
    scratch.merging.merge(by: merges, into: &ids)
  }

  private func appendCharacters(of word: Span<UInt8>, to workspace: inout MergeWorkspace) {
    var pendingUnknown = false
    var position = 0
    while position < word.count {
      let (end, id) = character(at: position, in: word)
      if let id {
        if pendingUnknown, let token = unknown.token { workspace.append(token) }
        pendingUnknown = false
        workspace.append(id)
      } else if let byteTokens = unknown.byteTokens {
        for index in position..<end { workspace.append(byteTokens[Int(word[index])]) }
      } else {
        if pendingUnknown, !unknown.fusesRuns, let token = unknown.token { workspace.append(token) }
        pendingUnknown = true
      }
      position = end
    }
    if pendingUnknown, let token = unknown.token { workspace.append(token) }
  }

  /// The end of the character or indivisible string that starts here, and its token, if it has one.
  @inline(__always)
  private func character(at position: Int, in word: Span<UInt8>) -> (end: Int, token: TokenID?) {
    if !indivisible.isEmpty, let found = indivisible.longestMatch(in: word, at: position) {
      return (found.end, found.value)
    }
    let end = word.after(position)
    return (end, token(word, position, end))
  }

  private func token(_ word: Span<UInt8>, _ start: Int, _ end: Int) -> TokenID? {
    guard word[start] >= 128 else {
      let id = asciiTokens[Int(word[start])]
      return id < 0 ? nil : id
    }
    guard let id = vocabulary.id(of: word.extracting(start..<end)) else { return nil }
    return !reserved.isEmpty && reserved.contains(id) ? nil : id
  }
}
