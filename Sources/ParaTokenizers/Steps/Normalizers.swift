/// Rewrites a text before it is split into words.
protocol Normalizer: Sendable {
  /// Input and output are UTF-8.
  func normalize(_ text: [UInt8]) -> [UInt8]

  /// Whether the first character of the text is kept; if not, the result no longer begins the text.
  func keepsStart(of text: [UInt8]) -> Bool
}

extension Normalizer {
  func keepsStart(of text: [UInt8]) -> Bool { true }
}

/// Lower-cases every scalar independently of its neighbours, so without the rule for the final
/// sigma.
struct LowercaseNormalizer: Normalizer {
  func normalize(_ text: [UInt8]) -> [UInt8] {
    if text.allSatisfy({ $0 < 0x80 }) {
      return text.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
    let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
    return scalars.flatMap { Array($0.properties.lowercaseMapping.utf8) }
  }
}

/// Prepends a string to texts that are not empty.
struct PrependNormalizer: Normalizer {
  let prefix: [UInt8]

  func normalize(_ text: [UInt8]) -> [UInt8] { text.isEmpty ? text : prefix + text }
}

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

/// Removes all combining marks. Accents of precomposed characters stay, unless NFD or NFKD is
/// applied first.
struct StripAccentsNormalizer: Normalizer {
  func normalize(_ text: [UInt8]) -> [UInt8] {
    var scalars = String(decoding: text, as: UTF8.self).unicodeScalars
    scalars.removeAll(where: \.isMark)
    return Array(String(scalars).utf8)
  }

  func keepsStart(of text: [UInt8]) -> Bool { text.isEmpty || !text.span.scalar(at: 0).isMark }
}

/// Removes white space from the start or the end of a text.
struct StripNormalizer: Normalizer {
  let stripsLeft: Bool
  let stripsRight: Bool

  func normalize(_ text: [UInt8]) -> [UInt8] {
    let span = text.span
    var start = 0
    var end = text.count
    if stripsLeft {
      while span.characterClass(at: start)?.isWhitespace == true { start = span.after(start) }
    }
    if stripsRight { end = max(start, span.startOfWhitespace(before: end)) }
    return Array(text[start..<end])
  }

  func keepsStart(of text: [UInt8]) -> Bool {
    !stripsLeft || text.span.characterClass(at: 0)?.isWhitespace != true
  }
}
