extension MetricDefinition {
  /// The overlap of normalized words (SQuAD v1.1's F1).
  static let f1 = overlap("f1") { f1, _ in f1 }

  /// Whether the normalized words are equal (SQuAD v1.1's exact match).
  static let exactSquadAnswer = equality("em", normalizedBy: SquadAnswer.init)

  /// The mean of both.
  static let f1AndExact = overlap("f1_em") { f1, isExact in (f1 + (isExact ? 1 : 0)) / 2 }

  /// A metric of the best F1 over the references, and of whether the prediction equals one of them.
  private static func overlap(
    _ name: String, score: @escaping @Sendable (_ f1: Double, _ isExact: Bool) -> Double
  ) -> MetricDefinition {
    texts(name, isBinary: false) { _ in
      { prediction, references in
        let predicted = SquadAnswer(prediction)
        let answers = references.map(SquadAnswer.init)
        return score(answers.map(predicted.f1).max() ?? 0, answers.contains(predicted))
      }
    }
  }
}

/// An answer reduced to its words as the SQuAD v1.1 evaluation script does: lower case, without
/// ASCII punctuation, without the words a, an and the, and without white space.
struct SquadAnswer: Equatable {
  /// Words without surrounding white space, in order.
  let words: [ArraySlice<Unicode.Scalar>]

  init(_ text: String) {
    let letters = PythonText(text).lowercased().filter { !$0.isPythonPunctuation }
    words = Self.withoutArticles(letters).words()
  }

  /// The harmonic mean of precision and recall over words, each counted as often as both answers
  /// have it. 0 if they have none in common, two empty answers included.
  func f1(_ reference: SquadAnswer) -> Double {
    var remaining: [ArraySlice<Unicode.Scalar>: Int] = [:]
    for word in reference.words { remaining[word, default: 0] += 1 }
    var common = 0
    for word in words {
      guard let left = remaining[word], left > 0 else { continue }
      remaining[word] = left - 1
      common += 1
    }
    guard common > 0 else { return 0 }
    let precision = Double(common) / Double(words.count)
    let recall = Double(common) / Double(reference.words.count)
    return (2 * precision * recall) / (precision + recall)
  }

  /// Replaces each article that is a word to a regular expression (between characters that are not
  /// `\w`) by a space.
  private static func withoutArticles(_ text: PythonText) -> PythonText {
    var result: PythonText = []
    var start = text.startIndex
    while start < text.endIndex {
      let isWord = text[start].isPythonWord
      let end = text[start...].firstIndex { $0.isPythonWord != isWord } ?? text.endIndex
      let run = text[start..<end]
      if articles.contains(run) { result.append(" ") } else { result += run }
      start = end
    }
    return result
  }

  private static let articles: [ArraySlice<Unicode.Scalar>] = ["a", "an", "the"].map {
    PythonText($0)[...]
  }
}
