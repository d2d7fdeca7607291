extension MetricDefinition {
  /// Whether the numbers that the answers arrive at are equal in value, as GSM8K is scored.
  static let numeric = equality("numeric") { NumericAnswer($0)?.value }
}

/// The number that a worked answer arrives at: the first one behind the first `####` that has one on its
/// line, else the last number of the text.
///
/// A number is written in decimal digits of any script, with an optional sign in front that does not follow
/// a word (`10-3` ends in 3), a currency sign that is ignored, and optionally
/// - thousands in groups (`1,234`, LaTeX's `1{,}234` and `1\,234`, thin spaces), lakhs too,
/// - a decimal point and digits (no decimal comma),
/// - an exponent (`1.5e3`), a power (`2^10`), or a product with a power of ten (`1.5 × 10^3`),
/// - a slash and a denominator (`3/4`), also LaTeX's `\frac{3}{4}` and signs such as `¾`; a whole number
///   before it, as in `1 1/2`, is added. `3/4/2020` is three numbers.
///
/// Digits directly behind a letter, `^` or `_` (`cm2`, `m^2`) count only if there is no other number. Per
/// cent signs and units are ignored.
struct NumericAnswer {
  let value: ExactNumber

  /// Nil if there is no number.
  init?(_ text: String) {
    let scalars = PythonText(text)
    guard let value = Self.markedNumber(scalars) ?? Self.numbers(scalars[...]).last else {
      return nil
    }
    self.value = value
  }

  /// GSM8K ends a solution with `#### 17`.
  private static func markedNumber(_ text: PythonText) -> ExactNumber? {
    var start = 0
    while let mark = text[start...].firstIndex(of: "#") {
      let rest = text[mark...].drop { $0 == "#" }
      if rest.startIndex - mark >= 4 {
        let line = rest.prefix { $0 != "\n" }
        if let number = numbers(line).first { return number }
      }
      start = rest.startIndex
    }
    return nil
  }

  /// The numbers of a text in order; those behind letters if there are no others.
  private static func numbers(_ text: ArraySlice<Unicode.Scalar>) -> [ExactNumber] {
    var scanner = NumberScanner(text)
    var (free, bound): ([ExactNumber], [ExactNumber]) = ([], [])
    while let number = scanner.next() {
      if number.isBound { bound.append(number.value) } else { free.append(number.value) }
    }
    return free.isEmpty ? bound : free
  }
}
