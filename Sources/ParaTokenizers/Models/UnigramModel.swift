/// A unigram language model: of all segmentations of a word into pieces, the one of highest total
/// score, by Viterbi search.
///
/// Source: Kudo, Subword Regularization, 2018. Search order and ties are those of `EncodeOptimized`
/// in SentencePiece 0.2.3, which Hugging Face's `tokenizers` follows.
struct UnigramModel: TokenModel {
  let vocabulary: Vocabulary
  /// The pieces into which text is segmented.
  let pieces: ByteTrie
  /// The score of each id.
  let scores: [Double]
  /// The score of a character that is not a piece.
  let unknownScore: Double
  let unknown: UnknownPolicy
  /// SentencePiece sums scores in float32, `tokenizers` in float64; near ties differ.
  let roundsToFloat: Bool

  /// SentencePiece's `kUnkPenalty`: how far below the lowest score an unknown character scores.
  static let unknownPenalty = 10.0

  func encode(_ word: Span<UInt8>, into ids: inout [TokenID], scratch: inout EncodingScratch) {
    var paths = scratch.takePaths(count: word.count + 1)
    var start = 0
    while start < word.count {
      extend(&paths, from: start, in: word)
      start = word.after(start)
    }
    appendTokens(of: paths, word, to: &ids)
    scratch.paths = paths
  }

  private func extend(_ paths: inout [UnigramPath], from start: Int, in word: Span<UInt8>) {
    let score = paths[start].score
    let characterEnd = word.after(start)
    var hasCharacter = false
    pieces.forEachMatch(in: word, at: start) { end, id in
      if end == characterEnd { hasCharacter = true }
      let path = UnigramPath(score: rounded(score + scores[Int(id)]), start: start, token: id)
      paths[end].improve(to: path)
    }
    if !hasCharacter {
      let path = UnigramPath(score: rounded(score + unknownScore), start: start, token: -1)
      paths[characterEnd].improve(to: path)
    }
  }

  @inline(__always)
  private func rounded(_ score: Double) -> Double { roundsToFloat ? Double(Float(score)) : score }

  private func appendTokens(of paths: [UnigramPath], _ word: Span<UInt8>, to ids: inout [TokenID]) {
    let first = ids.count
    var end = word.count
    var followsUnknown = false
    while end > 0 {
      let path = paths[end]
      let isUnknown = path.token < 0
      if !isUnknown {
        ids.append(path.token)
      } else if let byteTokens = unknown.byteTokens {
        for index in (path.start..<end).reversed() { ids.append(byteTokens[Int(word[index])]) }
      } else if let token = unknown.token, !(followsUnknown && unknown.fusesRuns) {
        ids.append(token)
      }
      followsUnknown = isUnknown
      end = path.start
    }
    ids[first...].reverse()
  }
}

/// The best segmentation found so far that ends at a position: its score and its last piece.
struct UnigramPath {
  var score = 0.0
  /// The start of the last piece; −1 while no segmentation ends here.
  var start = -1
  /// The last piece; −1 for an unknown character.
  var token: TokenID = -1

  /// Keeps the better of the two paths, itself if they are equal.
  @inline(__always)
  mutating func improve(to other: UnigramPath) {
    if start < 0 || other.score > score { self = other }
  }
}
