/// Suggests the name that was probably meant by a misspelt one in a user's file.
package enum SpellingHint {
  /// " Did you mean '…'?", or nothing if no name is near.
  package static func sentence(for word: String, among names: [String]) -> String {
    nearest(to: word, among: names).map { " Did you mean '\($0)'?" } ?? ""
  }

  /// The nearest name by edit distance, the first of equally near ones, if at least half of the letters
  /// are right. Longer words have none: a comparison costs the product of the lengths.
  package static func nearest(to word: String, among names: [String]) -> String? {
    let longest = 64
    guard word.count <= longest else { return nil }
    let distances = names.filter { $0.utf8.count <= longest }
      .map { (name: $0, distance: distance(word, $0)) }
    guard let best = distances.min(by: { $0.distance < $1.distance }),
      2 * best.distance <= max(word.count, best.name.count)
    else { return nil }
    return best.name
  }

  /// The Levenshtein distance: insertions, deletions and substitutions of one letter.
  package static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (line, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for column in right.indices {
        let substitution = diagonal + (right[column] == letter ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(substitution, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}
