extension SplitText {
  /// Puts a prefix before every word that does not start with it already and is `wanted` by its
  /// place (its start in `bytes`).
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
