extension MetricDefinition {
  /// Whether the numbers that the answers arrive at are equal, as GSM8K is scored.
  static let numeric = MetricDefinition("numeric") { name, _ in
    .equality(name, normalizedBy: NumericAnswer.init)
  }
}

/// The number that a worked answer arrives at, compared by value: `17` equals `17.0`.
struct NumericAnswer: Hashable {
  /// Decimal digits without leading zeros before the point and trailing ones after it; a sign only if
  /// the number is negative. Decimal, so that no rounding can make unequal numbers equal.
  let digits: String

  /// The number after the first `####` that has one, else the last number of the text. Commas
  /// between digits, a currency sign and a full stop after the number are ignored. Nil if there is
  /// no number.
  init?(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    guard let number = Self.markedNumber(scalars) ?? Self.numbers(scalars[...]).last else {
      return nil
    }
    digits = Self.canonical(number)
  }

  /// GSM8K ends a solution with `#### 17`.
  private static func markedNumber(_ text: [Unicode.Scalar]) -> ArraySlice<Unicode.Scalar>? {
    let marker = [Unicode.Scalar](repeating: "#", count: 4)
    for start in text.indices.dropLast(marker.count) where text[start...].starts(with: marker) {
      let line = text[(start + marker.count)...].prefix { $0 != "\n" }
      if let number = numbers(line).first { return number }
    }
    return nil
  }

  /// The numbers of a text in order: an optional sign that does not follow a word, digits with
  /// commas, and optionally a point with digits.
  private static func numbers(_ text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    var found: [ArraySlice<Unicode.Scalar>] = []
    var index = text.startIndex
    while index < text.endIndex {
      guard let end = endOfNumber(text, from: index) else {
        index += 1
        continue
      }
      found.append(text[signStart(text, before: index)..<end])
      index = end
    }
    return found
  }

  private static func endOfNumber(_ text: ArraySlice<Unicode.Scalar>, from start: Int) -> Int? {
    var end: Int?
    var hasPoint = false
    for index in start..<text.endIndex {
      switch text[index] {
      case "0"..."9": end = index + 1
      case ",": guard end == index, !hasPoint else { return end }
      case ".":
        guard !hasPoint, end == index || index == start else { return end }
        hasPoint = true
      default: return end
      }
    }
    return end
  }

  /// The index of the number's sign, which a currency sign may separate from it; the number's start
  /// if it has none.
  private static func signStart(_ text: ArraySlice<Unicode.Scalar>, before start: Int) -> Int {
    var index = start
    if index > text.startIndex, text[index - 1].properties.generalCategory == .currencySymbol {
      index -= 1
    }
    guard index > text.startIndex, isMinus(text[index - 1]) else { return start }
    let isDifference = index - 1 > text.startIndex && text[index - 2].isPythonWord
    return isDifference ? start : index - 1
  }

  private static func isMinus(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "-" || scalar == "\u{2212}"
  }

  private static func canonical(_ number: ArraySlice<Unicode.Scalar>) -> String {
    let isNegative = number.first.map(isMinus) ?? false
    let parts = number.filter { ("0"..."9").contains($0) || $0 == "." }
      .split(separator: ".", omittingEmptySubsequences: false)
      .map { String(String.UnicodeScalarView($0)) }
    let whole = parts[0].drop { $0 == "0" }
    let fraction = String(parts.dropFirst().joined().reversed().drop { $0 == "0" }.reversed())
    let digits = (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : "." + fraction)
    return isNegative && digits != "0" ? "-" + digits : String(digits)
  }
}
