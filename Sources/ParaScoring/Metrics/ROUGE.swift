/// ROUGE (Lin 2004) as the package rouge-score computes it: F1, the best reference counts.
enum ROUGE: Sendable {
  /// Runs of so many words.
  case words(Int)
  /// The longest common subsequence (ROUGE-L).
  case subsequence
  /// The union of those of each line of the reference with all lines of the prediction (ROUGE-Lsum).
  case lines
}

extension MetricDefinition {
  static func rouge(_ name: String, _ kind: ROUGE) -> MetricDefinition {
    texts(
      name, isBinary: false,
      options: [OptionDefinition("use_stemmer", "compare words' stems, by Porter's stemmer")]
    ) { options throws(ScoringError) in
      let stems = try options.flag("use_stemmer")
      return { prediction, references in
        let predicted = ROUGEText(prediction, stems: stems)
        return references.map { kind.f1(predicted, ROUGEText($0, stems: stems)) }.max() ?? 0
      }
    }
  }
}

/// A text's words, by lines: of a-z and 0-9 in lower case.
private struct ROUGEText {
  typealias Word = [UInt8]

  let lines: [[Word]]
  var words: [Word] { Array(lines.joined()) }

  init(_ text: String, stems: Bool) {
    lines = PythonText(text).split(separator: "\n").map { line in
      Array(line).lowercased().split { !Self.isPart($0) }.map { word in
        let bytes = word.map { UInt8(truncatingIfNeeded: $0.value) }
        return stems && bytes.count > 3 ? PorterStemmer.stem(of: bytes) : bytes
      }
    }
  }

  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
  }
}

extension ROUGE {
  fileprivate func f1(_ prediction: ROUGEText, _ reference: ROUGEText) -> Double {
    switch self {
    case .words(let order):
      let predicted = NGramCounts(prediction.words, order: order)
      let gold = NGramCounts(reference.words, order: order)
      return Self.f1(gold.common(with: predicted), predicted.total, gold.total)
    case .subsequence:
      let common = Self.subsequence(reference.words, prediction.words)
      return Self.f1(common.count, prediction.words.count, reference.words.count)
    case .lines:
      let hits = Self.unionHits(prediction, reference)
      return Self.f1(hits, prediction.words.count, reference.words.count)
    }
  }

  private static func f1(_ common: Int, _ predicted: Int, _ reference: Int) -> Double {
    guard common > 0 else { return 0 }
    let precision = Double(common) / Double(predicted)
    let recall = Double(common) / Double(reference)
    return 2 * precision * recall / (precision + recall)
  }

  /// How many words of the reference's lines are in a common subsequence with some line of the prediction,
  /// each word as often as both texts have it.
  private static func unionHits(_ prediction: ROUGEText, _ reference: ROUGEText) -> Int {
    var left = counts(prediction.words)
    var leftOfReference = counts(reference.words)
    var hits = 0
    for line in reference.lines {
      let found = Set(prediction.lines.flatMap { subsequence(line, $0) })
      for word in found.sorted().map({ line[$0] }) {
        guard left[word, default: 0] > 0, leftOfReference[word, default: 0] > 0 else { continue }
        hits += 1
        left[word, default: 0] -= 1
        leftOfReference[word, default: 0] -= 1
      }
    }
    return hits
  }

  private static func counts(_ words: [ROUGEText.Word]) -> [ROUGEText.Word: Int] {
    words.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  /// The places in the reference of a longest common subsequence, as rouge-score walks back.
  private static func subsequence(
    _ reference: [ROUGEText.Word], _ prediction: [ROUGEText.Word]
  ) -> [Int] {
    var table = [[Int]](
      repeating: [Int](repeating: 0, count: prediction.count + 1), count: reference.count + 1)
    for (i, word) in reference.enumerated() {
      for (j, other) in prediction.enumerated() {
        table[i + 1][j + 1] =
          word == other ? table[i][j] + 1 : max(table[i][j + 1], table[i + 1][j])
      }
    }
    var places: [Int] = []
    var (i, j) = (reference.count, prediction.count)
    while i > 0, j > 0 {
      if reference[i - 1] == prediction[j - 1] {
        places.append(i - 1)
        (i, j) = (i - 1, j - 1)
      } else if table[i][j - 1] > table[i - 1][j] {
        j -= 1
      } else {
        i -= 1
      }
    }
    return places.reversed()
  }
}
