/// The best way found so far to cut a word up to some place: its score, and its last piece.
struct UnigramPath {
  var score = 0.0
  /// Where the last piece starts; −1 while nothing reaches the place.
  var start = -1
  /// The last piece; −1 for an unknown character.
  var token: TokenID = -1

  /// Takes the other path if it is better; of equal ones the first stays.
  @inline(__always)
  mutating func improve(to other: UnigramPath) {
    if start < 0 || other.score > score { self = other }
  }
}
