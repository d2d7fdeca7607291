/// Scores of classes over all rows, as scikit-learn computes them.
extension Aggregation {
  /// F1 of the class `1` among two.
  static let binaryF1 = f1("f1", .binary)
  /// The mean of the classes' F1.
  static let macroF1 = f1("macro_f1", .macro)

  /// F1 with the option `average`, which the harness takes and ignores.
  static let f1ByOptions: MetricDefinition.AggregationByOptions = { options throws(ScoringError) in
    f1("f1", try ClassificationCounts.Average(options))
  }

  private static func f1(_ name: String, _ average: ClassificationCounts.Average) -> Aggregation {
    Aggregation(name, of: .labels) { items throws(ScoringError) in
      try ClassificationCounts(items).f1(average)
    }
  }

  /// Matthews' correlation coefficient of two or more classes (Gorodkin 2004); 0 where it is undefined.
  static let matthewsCorrelation = Aggregation("matthews_corrcoef", of: .labels) { items in
    ClassificationCounts(items).matthewsCorrelation
  }

  /// The mean squared distance of the probabilities from the right class's 1 and the others' 0.
  static let brierScore = Aggregation("brier_score", of: .probabilities) {
    items throws(ScoringError) in
    var distances: [Double] = []
    var classes: Int?
    for case .probabilities(let gold, let probabilities) in items {
      guard probabilities.count == classes ?? probabilities.count else {
        throw ScoringError(
          .unusableItems, "brier_score needs rows of equally many choices; use acc instead.")
      }
      classes = probabilities.count
      distances.append(
        probabilities.enumerated().reduce(0) { sum, each in
          let difference = each.element - (each.offset == gold ? 1 : 0)
          return sum + difference * difference
        })
    }
    return mean(distances)
  }
}

/// How often each class was right and was predicted.
struct ClassificationCounts {
  /// How the classes' F1 become one, by scikit-learn's names.
  enum Average: String, CaseIterable {
    case binary, macro, micro, weighted

    /// The option `average`; binary unless it is given.
    init(_ options: Options) throws(ScoringError) {
      guard let name = try options.text("average") else {
        self = .binary
        return
      }
      guard let average = Self(rawValue: name) else {
        let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
        throw options.unusable("average", "is one of \(known)")
      }
      self = average
    }
  }

  private struct Class {
    var gold = 0.0
    var predicted = 0.0
    var correct = 0.0

    /// 0 where it is undefined.
    var f1: Double { gold + predicted == 0 ? 0 : 2 * correct / (gold + predicted) }
  }

  private var classes: [String: Class] = [:]
  private var count = 0.0
  private var correct = 0.0

  init(_ items: [MetricItem]) {
    for case .labels(let gold, let predicted) in items {
      classes[gold, default: Class()].gold += 1
      classes[predicted, default: Class()].predicted += 1
      if gold == predicted { classes[gold, default: Class()].correct += 1 }
      correct += gold == predicted ? 1 : 0
      count += 1
    }
  }

  /// - Throws: ``ScoringError`` for more classes than two, or others than 1, where the average is binary.
  func f1(_ average: Average) throws(ScoringError) -> Double {
    let sorted = classes.sorted { $0.key < $1.key }.map(\.value)
    switch average {
    case .binary: return try binaryF1()
    case .macro: return sorted.reduce(0) { $0 + $1.f1 } / Double(sorted.count)
    case .micro: return correct / count
    case .weighted: return sorted.reduce(0) { $0 + $1.f1 * $1.gold } / count
    }
  }

  private func binaryF1() throws(ScoringError) -> Double {
    if classes.count > 2 {
      throw ScoringError(
        .unusableItems,
        """
        f1 needs two classes and found \(classes.count); choose the metric macro_f1, or give f1 the \
        option 'average: macro'.
        """)
    }
    if let positive = classes["1"] { return positive.f1 }
    if classes.count < 2 { return 0 }
    throw ScoringError(
      .unusableItems,
      """
      f1 is that of the class 1, and the classes are \(classes.keys.sorted().joined(separator: " and ")); \
      choose the metric macro_f1.
      """)
  }

  var matthewsCorrelation: Double {
    let values = Array(classes.values)
    let golds = values.reduce(0) { $0 + $1.gold * $1.gold }
    let predictions = values.reduce(0) { $0 + $1.predicted * $1.predicted }
    let both = values.reduce(0) { $0 + $1.gold * $1.predicted }
    let spread = (count * count - predictions) * (count * count - golds)
    return spread == 0 ? 0 : (correct * count - both) / spread.squareRoot()
  }
}

extension OptionDefinition {
  static let average = OptionDefinition(
    "average", "how F1 of the classes become one: binary (of the class 1), macro, micro or weighted"
  )
}
