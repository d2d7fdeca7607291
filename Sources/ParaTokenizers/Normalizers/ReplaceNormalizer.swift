/// Replaces every match of a pattern.
struct ReplaceNormalizer: Normalizer {
  let pattern: any SplitPattern
  let content: [UInt8]

  func normalize(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 4)
    append(text.span, to: &result)
    return result
  }

  func append(_ text: Span<UInt8>, to result: inout [UInt8]) {
    var end = 0
    while let match = pattern.firstMatch(in: text, from: end) {
      for position in end..<match.lowerBound { result.append(text[position]) }
      result.append(contentsOf: content)
      end = match.upperBound
    }
    for position in end..<text.count { result.append(text[position]) }
  }
}
