/// The one of several names that a misspelt one was probably meant to be.
enum SpellingHint {
  /// The nearest name by edit distance, if half the letters or more are right.
  static func nearest(to word: String, among names: [String]) -> String? {
    let distances = names.map { (name: $0, distance: distance(word, $0)) }
    guard let best = distances.min(by: { $0.distance < $1.distance }),
      2 * best.distance <= max(word.count, best.name.count)
    else { return nil }
    return best.name
  }

  /// Levenshtein's distance: insertions, deletions and substitutions of one letter.
  static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (lineNumber, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = lineNumber + 1
      for column in right.indices {
        let substitution = diagonal + (right[column] == letter ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(substitution, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}
