internal import Foundation

extension MetricDefinition {
  /// BLEU of the corpus (Papineni et al. 2002), as sacrebleu computes it with its defaults: tokenizer 13a,
  /// orders 1 to 4, exponential smoothing. 0 to 100.
  static let bleu = corpus("bleu", .bleu) { prediction, references in
    .counts(BLEU.counts(prediction, references))
  }
}

extension Aggregation {
  static let bleu = Aggregation("bleu", of: .bleu) { items in BLEU.score(counts(items)) }
}

private enum BLEU {
  private static let maximumOrder = 4

  /// Length of the prediction, length of the reference closest to it, then the n-grams that both have and
  /// all of the prediction, each for 1 to 4.
  static func counts(_ prediction: String, _ references: [String]) -> [Double] {
    let predicted = words(prediction)
    let references = references.map(words)
    var matches: [Double] = []
    var totals: [Double] = []
    for order in 1...maximumOrder {
      let counts = NGramCounts(predicted, order: order)
      let most = references.map { NGramCounts($0, order: order) }.reduce(into: NGramCounts()) {
        $0.formMaximum($1)
      }
      matches.append(Double(counts.common(with: most)))
      totals.append(Double(counts.total))
    }
    let length = predicted.count
    let closest = references.map(\.count).min {
      (abs($0 - length), $0) < (abs($1 - length), $1)
    }
    return [Double(length), Double(closest ?? 0)] + matches + totals
  }

  static func score(_ counts: [Double]) -> Double {
    let (length, reference) = (counts[0], counts[1])
    let matches = counts[2..<(2 + maximumOrder)]
    guard matches.contains(where: { $0 > 0 }) else { return 0 }
    let totals = counts.dropFirst(2 + maximumOrder)
    var smoothing = 1.0
    var logarithms = 0.0
    for (match, total) in zip(matches, totals) {
      if match == 0 { smoothing *= 2 }
      // Orders that no sentence is long enough for: sacrebleu's stand-in for log 0.
      logarithms +=
        total == 0
        ? -9_999_999_999 : match == 0 ? log(100 / (smoothing * total)) : log(100 * match / total)
    }
    let brevity = length < reference ? exp(1 - reference / length) : 1
    return brevity * exp(logarithms / Double(maximumOrder))
  }

  private static func words(_ text: String) -> [ArraySlice<Unicode.Scalar>] {
    Tokenizer13a.tokenize(PythonText(text)).words()
  }
}

/// mteval-v13a's tokenizer, which splits off punctuation but for points and commas within numbers.
enum Tokenizer13a {
  /// The text with spaces between its tokens, and elsewhere.
  static func tokenize(_ text: PythonText) -> PythonText {
    let replaced = Self.replacements.reduce(Array(text.strippedAtEnd())) { text, each in
      text.replacing(each.pattern, with: each.replacement)
    }
    return separated([" "] + replaced + [" "])
  }

  /// What is not language, in this order.
  private static let replacements: [(pattern: PythonText, replacement: PythonText)] = [
    ("<skipped>", ""), ("-\n", ""), ("\n", " "), ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"),
    ("&gt;", ">"),
  ].map { (PythonText($0), PythonText($1)) }

  private static func separated(_ text: PythonText) -> PythonText {
    let symbols = text.flatMap { scalar -> PythonText in
      isSymbol(scalar) ? [" ", scalar, " "] : [scalar]
    }
    let after = pairs(symbols) {
      !isDigit($0) && isPoint($1)
    } as: {
      [$0, " ", $1, " "]
    }
    let before = pairs(after) {
      isPoint($0) && !isDigit($1)
    } as: {
      [" ", $0, " ", $1]
    }
    return pairs(before) {
      isDigit($0) && $1 == "-"
    } as: {
      [$0, " ", $1, " "]
    }
  }

  /// `re.sub` of an expression of two characters: pairs do not overlap.
  private static func pairs(
    _ text: PythonText, where matches: (Unicode.Scalar, Unicode.Scalar) -> Bool,
    as replacement: (Unicode.Scalar, Unicode.Scalar) -> PythonText
  ) -> PythonText {
    var result: PythonText = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if index + 1 < text.count, matches(text[index], text[index + 1]) {
        result += replacement(text[index], text[index + 1])
        index += 2
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
    default: false
    }
  }

  private static func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
