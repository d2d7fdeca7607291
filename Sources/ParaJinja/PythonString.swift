/// Python's text operations, by Unicode scalars.
enum PythonString {
  typealias Scalars = [Unicode.Scalar]

  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// The UTF-8 offset of the first occurrence; nil if there is none.
  static func find(_ part: String, in text: String, from start: Int = 0) -> Int? {
    var (text, part) = (text, part)
    return text.withUTF8 { text in
      part.withUTF8 { part in
        guard part.count <= text.count - start else { return nil }
        guard let first = part.first else { return start }
        var place = start
        while place <= text.count - part.count {
          if text[place] == first,
            text[place..<place + part.count].elementsEqual(part)
          {
            return place
          }
          place += 1
        }
        return nil
      }
    }
  }

  static func lowered(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      if scalar == "Σ" {
        out.append(isFinalSigma(scalars, index) ? "ς" : "σ")
      } else {
        out.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return String(out)
  }

  /// Unicode's rule for Σ at a word's end, which is the only one of its kind that Python follows.
  private static func isFinalSigma(_ scalars: Scalars, _ index: Int) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }

  static func uppered(_ text: String) -> String {
    self.text(text.unicodeScalars.flatMap { $0.properties.uppercaseMapping.unicodeScalars })
  }

  static func capitalized(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return "" }
    return first.properties.titlecaseMapping
      + lowered(self.text(text.unicodeScalars.dropFirst()))
  }

  /// `str.title`: words are runs of cased scalars.
  static func titled(_ text: String) -> String {
    var out = ""
    var isInside = false
    for scalar in text.unicodeScalars {
      out += isInside ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
      isInside = scalar.properties.isCased
    }
    return out
  }

  static func swappedCase(_ text: String) -> String {
    self.text(
      text.unicodeScalars.flatMap { scalar -> String.UnicodeScalarView in
        if scalar.properties.isUppercase {
          return scalar.properties.lowercaseMapping.unicodeScalars
        }
        if scalar.properties.isLowercase {
          return scalar.properties.uppercaseMapping.unicodeScalars
        }
        return String(scalar).unicodeScalars
      })
  }

  enum Side { case left, right, both }

  /// - Parameter set: What is stripped; nil strips white space.
  static func stripped(_ text: String, _ side: Side, of set: String?) -> String {
    let characters = set.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool {
      characters?.contains(scalar) ?? scalar.isPythonSpace
    }
    var rest = text.unicodeScalars[...]
    if side != .right { while let first = rest.first, goes(first) { rest.removeFirst() } }
    if side != .left { while let last = rest.last, goes(last) { rest.removeLast() } }
    return String(rest)
  }

  /// Cut at white space, none of the parts empty.
  static func words(_ text: String, limit: Int = .max) -> [String] {
    var words: [String] = []
    var rest = text.unicodeScalars[...]
    while true {
      while let first = rest.first, first.isPythonSpace { rest.removeFirst() }
      guard !rest.isEmpty else { return words }
      if words.count >= limit {
        return words + [String(rest)]
      }
      let end = rest.firstIndex(where: \.isPythonSpace) ?? rest.endIndex
      words.append(String(rest[..<end]))
      rest = rest[end...]
    }
  }

  /// The last words first cut off; what is left at the front keeps its white space inside.
  static func wordsFromEnd(_ text: String, limit: Int) -> [String] {
    var words: [String] = []
    var rest = text.unicodeScalars[...]
    while true {
      while let last = rest.last, last.isPythonSpace { rest.removeLast() }
      guard !rest.isEmpty else { break }
      if words.count >= limit {
        words.append(String(rest))
        break
      }
      let start = rest.lastIndex(where: \.isPythonSpace).map { rest.index(after: $0) }
      words.append(String(rest[(start ?? rest.startIndex)...]))
      rest = rest[..<(start ?? rest.startIndex)]
    }
    return words.reversed()
  }

  /// Cut at a separator, which must not be empty.
  static func parts(_ text: String, at separator: String, limit: Int = .max) -> [String] {
    var parts: [String] = []
    let bytes = Array(text.utf8)
    var start = 0
    while parts.count < limit, let place = find(separator, in: text, from: start) {
      parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
      start = place + separator.utf8.count
    }
    return parts + [String(decoding: bytes[start...], as: UTF8.self)]
  }

  static func partsFromEnd(_ text: String, at separator: String, limit: Int) -> [String] {
    var parts: [String] = []
    let bytes = Array(text.utf8)
    var end = bytes.count
    while parts.count < limit, let place = findLast(separator, in: text, before: end) {
      parts.append(String(decoding: bytes[(place + separator.utf8.count)..<end], as: UTF8.self))
      end = place
    }
    parts.append(String(decoding: bytes[..<end], as: UTF8.self))
    return parts.reversed()
  }

  /// The UTF-8 offset of the last occurrence that ends by `end`; nil if there is none.
  static func findLast(_ part: String, in text: String, before end: Int) -> Int? {
    var (text, part) = (text, part)
    return text.withUTF8 { text in
      part.withUTF8 { part in
        var place = end - part.count
        while place >= 0 {
          if text[place..<place + part.count].elementsEqual(part) { return place }
          place -= 1
        }
        return nil
      }
    }
  }

  static func lines(_ text: String, keepsEnds: Bool = false) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var scalars = text.unicodeScalars.makeIterator()
    var pending = scalars.next()
    while let scalar = pending {
      pending = scalars.next()
      guard scalar.endsPythonLine else {
        line.append(scalar)
        continue
      }
      if keepsEnds { line.append(scalar) }
      if scalar == "\r", pending == "\n" {
        if keepsEnds { line.append("\n") }
        pending = scalars.next()
      }
      lines.append(String(line))
      line = String.UnicodeScalarView()
    }
    return line.isEmpty ? lines : lines + [String(line)]
  }

  /// - Parameter count: The most that are replaced; all if negative.
  static func replaced(
    _ text: String, _ old: String, _ new: String, count: Int = -1
  ) -> String {
    let limit = count < 0 ? Int.max : count
    guard !old.isEmpty else {
      // Between all scalars, and at both ends.
      var out = ""
      var done = 0
      for scalar in text.unicodeScalars {
        if done < limit { out += new }
        done += 1
        out.unicodeScalars.append(scalar)
      }
      return done < limit ? out + new : out
    }
    return parts(text, at: old, limit: limit).joined(separator: new)
  }

  /// Filled up with a scalar on both sides, the odd one as `str.center` puts it.
  static func centered(_ text: String, _ width: Int, _ fill: String = " ") -> String {
    let missing = width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    let left = missing / 2 + (missing & width & 1)
    return String(repeating: fill, count: left) + text
      + String(repeating: fill, count: missing - left)
  }
}

extension Unicode.Scalar {
  /// Where `str.splitlines` cuts.
  fileprivate var endsPythonLine: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
