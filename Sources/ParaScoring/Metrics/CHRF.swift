extension MetricDefinition {
  /// chrF of the corpus (Popović 2015), as sacrebleu computes it: character n-grams of 1 to 6, β = 2. The
  /// best reference counts. 0 to 100.
  static let chrf = corpus("chrf", .chrf) { prediction, references in
    .counts(CHRF(wordOrder: 0).counts(prediction, references))
  }

  /// chrF++ (Popović 2017): with words and pairs of them.
  static let chrfWithWords = corpus("chrf++", .chrfWithWords) { prediction, references in
    .counts(CHRF(wordOrder: 2).counts(prediction, references))
  }
}

extension Aggregation {
  static let chrf = Aggregation("chrf", of: .chrf) { items in CHRF.score(counts(items)) }

  static let chrfWithWords = Aggregation("chrf++", of: .chrfWithWords) { items in
    CHRF.score(counts(items))
  }
}

private struct CHRF {
  private static let characterOrder = 6
  let wordOrder: Int

  /// For each order the n-grams of the prediction, of the reference, and of both.
  func counts(_ prediction: String, _ references: [String]) -> [Double] {
    let predicted = NGrams(prediction, wordOrder: wordOrder)
    var best: (counts: [Double], score: Double) = ([], -1)
    for reference in references {
      let counts = predicted.counts(NGrams(reference, wordOrder: wordOrder))
      let score = Self.score(counts)
      if score > best.score { best = (counts, score) }
    }
    return best.counts
  }

  /// Fβ of the means of precision and recall over the orders that both texts are long enough for.
  static func score(_ counts: [Double]) -> Double {
    let factor = 4.0  // β²
    var (precision, recall, orders) = (0.0, 0.0, 0.0)
    for order in stride(from: 0, to: counts.count, by: 3) {
      let (predicted, reference, both) = (counts[order], counts[order + 1], counts[order + 2])
      guard predicted > 0, reference > 0 else { continue }
      precision += both / predicted
      recall += both / reference
      orders += 1
    }
    guard precision + recall > 0 else { return 0 }
    precision /= orders
    recall /= orders
    return 100 * ((1 + factor) * precision * recall / ((factor * precision) + recall))
  }

  private struct NGrams {
    private let characters: [NGramCounts<Unicode.Scalar>]
    private let words: [NGramCounts<ArraySlice<Unicode.Scalar>>]

    /// Characters without white space.
    init(_ text: String, wordOrder: Int) {
      let words = PythonText(text).words()
      let characters = Array(words.joined())
      self.characters = (1...CHRF.characterOrder).map { NGramCounts(characters, order: $0) }
      let tokens = wordOrder == 0 ? [] : words.flatMap(Self.withoutPunctuation)
      self.words = (0..<wordOrder).map { NGramCounts(tokens, order: $0 + 1) }
    }

    /// A mark at a word's end, or else at its beginning, is a word of its own.
    private static func withoutPunctuation(
      _ word: ArraySlice<Unicode.Scalar>
    ) -> [ArraySlice<Unicode.Scalar>] {
      if word.count == 1 { return [word] }
      if word.last?.isPythonPunctuation == true { return [word.dropLast(), word.suffix(1)] }
      if word.first?.isPythonPunctuation == true { return [word.prefix(1), word.dropFirst()] }
      return [word]
    }

    func counts(_ reference: NGrams) -> [Double] {
      zip(characters, reference.characters).flatMap { Self.triple($0, $1) }
        + zip(words, reference.words).flatMap { Self.triple($0, $1) }
    }

    private static func triple<Element>(
      _ predicted: NGramCounts<Element>, _ reference: NGramCounts<Element>
    ) -> [Double] {
      // A reference too short for the order does not count against the prediction.
      [
        reference.total == 0 ? 0 : Double(predicted.total), Double(reference.total),
        Double(predicted.common(with: reference)),
      ]
    }
  }
}
