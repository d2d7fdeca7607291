/// Byte-pair encoding: a word starts as its characters, and adjacent tokens are merged in order of
/// rank.
///
/// It implements the merges of `tokenizer.json` and `merges.txt`, BPE of SentencePiece (where every
/// split of a piece into two is a merge, ranked by the score of the piece) and tiktoken's ranks.
///
/// Source: Sennrich et al., Neural Machine Translation of Rare Words with Subword Units, 2016.
struct BytePairModel: TokenModel {
  let vocabulary: Vocabulary
  private let merges: MergeTable
  private let unknown: UnknownPolicy
  /// Whether a word that is a piece becomes that token whatever its merges (`ignore_merges`).
  private let ignoresMerges: Bool
  /// User-defined pieces: one token wherever they occur, which takes part in no merge.
  private let userDefined: ByteTrie
  /// The token of each ASCII character, −1 where there is none.
  private let asciiTokens: [TokenID]
  /// Tokens that encoding never produces, although their pieces may be single characters.
  private let reserved: Set<TokenID>

  init(
    vocabulary: Vocabulary, merges: MergeTable, unknown: UnknownPolicy, ignoresMerges: Bool,
    userDefined: ByteTrie = ByteTrie(), reserved: Set<TokenID> = []
  ) {
    self.vocabulary = vocabulary
    self.merges = merges
    self.unknown = unknown
    self.ignoresMerges = ignoresMerges
    self.userDefined = userDefined
    self.reserved = reserved
    asciiTokens = (UInt8(0)..<128).map { byte in
      guard let id = vocabulary.id(of: [byte].span), !reserved.contains(id) else { return -1 }
      return id
    }
  }

  /// The same vocabulary and merges with another policy for unknown characters, and nothing that goes before merges.
  func replacing(unknown: UnknownPolicy) -> BytePairModel {
    BytePairModel(
      vocabulary: vocabulary, merges: merges, unknown: unknown, ignoresMerges: false,
      reserved: reserved)
  }

  /// Whether `WordStartSplit` changes no token.
  var allowsWordStartSplit: Bool { !ignoresMerges && WordStartSplit.isSafe(for: vocabulary) }

  func encode(_ word: Span<UInt8>, into ids: inout [TokenID], scratch: inout EncodingScratch) {
    if ignoresMerges, let id = vocabulary.id(of: word) {
      ids.append(id)
      return
    }
    appendCharacters(of: word, to: &scratch.merging)
    scratch.merging.merge(by: merges, into: &ids)
  }

  private func appendCharacters(of word: Span<UInt8>, to merger: inout BytePairMerger) {
    var pendingUnknown = false
    var position = 0
    while position < word.count {
      let (end, id) = character(at: position, in: word)
      if let id {
        if pendingUnknown, let token = unknown.token { merger.append(token) }
        pendingUnknown = false
        merger.append(id)
      } else if let byteTokens = unknown.byteTokens {
        for index in position..<end { merger.append(byteTokens[Int(word[index])]) }
      } else {
        if pendingUnknown, !unknown.fusesRuns, let token = unknown.token { merger.append(token) }
        pendingUnknown = true
      }
      position = end
    }
    if pendingUnknown, let token = unknown.token { merger.append(token) }
  }

  /// The end of the character or user-defined piece at this position, and its token, if it has one.
  @inline(__always)
  private func character(at position: Int, in word: Span<UInt8>) -> (end: Int, token: TokenID?) {
    if !userDefined.isEmpty, let found = userDefined.longestMatch(in: word, at: position) {
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
