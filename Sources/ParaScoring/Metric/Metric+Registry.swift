extension Metric {
  /// The metric of a name, with the options that `exact_match` alone takes.
  ///
  /// - Throws: ``ScoringError`` with code `unknownMetric`, listing the known ones, or
  ///   `unusedOption`.
  public init(named name: String, options: MetricOptions = MetricOptions()) throws(ScoringError) {
    guard let make = Self.makers[name] else {
      throw ScoringError(
        .unknownMetric,
        "There is no metric \"\(name)\"; known are \(Self.knownNames.joined(separator: ", ")).")
    }
    guard name == "exact_match" || options == MetricOptions() else {
      throw ScoringError(
        .unusedOption,
        "\(name) takes no ignore_case, ignore_punctuation or ignore_numbers; exact_match does.")
    }
    self = make(options)
  }

  /// The names of all metrics, sorted.
  public static let knownNames = makers.keys.sorted()

  private static let makers: [String: @Sendable (MetricOptions) -> Metric] = [
    "f1": { _ in overlap("f1") { f1, _ in f1 } },
    "em": { _ in equality("em", of: SquadAnswer.init) },
    "f1_em": { _ in overlap("f1_em") { f1, isExact in (f1 + (isExact ? 1 : 0)) / 2 } },
    "exact_match": { options in equality("exact_match", of: options.compared) },
    "acc": { _ in equality("acc") { Array(PythonText($0).lowercased().stripped()) } },
    "accuracy": { _ in equality("accuracy") { Array(PythonText($0).lowercased().stripped()) } },
    "numeric": { _ in equality("numeric", of: NumericAnswer.init) },
    "sql_exact": { _ in equality("sql_exact", of: SQLStatement.init) },
  ]

  /// A metric of the best F1 over the references and of whether one of them is met exactly.
  private static func overlap(
    _ name: String, score: @escaping @Sendable (_ f1: Double, _ isExact: Bool) -> Double
  ) -> Metric {
    Metric(name, isBinary: false) { prediction, references in
      let predicted = SquadAnswer(prediction)
      let answers = references.map(SquadAnswer.init)
      return score(answers.map(predicted.f1).max() ?? 0, answers.contains(predicted))
    }
  }
}
