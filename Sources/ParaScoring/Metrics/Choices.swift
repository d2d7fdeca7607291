internal import Foundation

/// Metrics of multiple choice. The first of several equally likely choices is the model's, as in
/// lm-evaluation-harness.
extension MetricDefinition {
  /// Whether the likeliest choice is right.
  static let accuracy = accuracy("acc") { $0.logLikelihoods }

  /// The log-probability is divided by the choice's number of characters (code points).
  static let accuracyByCharacters = accuracy("acc_norm") { scores in
    zip(scores.logLikelihoods, scores.choices).map { $0 / Double($1.unicodeScalars.count) }
  }

  /// The log-probability is divided by the choice's bytes of UTF-8.
  static let accuracyByBytes = accuracy("acc_bytes") { scores in
    zip(scores.logLikelihoods, scores.choices).map { $0 / Double($1.utf8.count) }
  }

  /// The log-probability without the context is subtracted.
  static let accuracyByMutualInformation = accuracy("acc_mutual_info") {
    scores throws(ScoringError) in
    guard let unconditional = scores.unconditional, unconditional.count == scores.choices.count
    else {
      throw ScoringError(
        .unusableRow,
        "acc_mutual_info needs each choice's log-probability without the context too.")
    }
    return zip(scores.logLikelihoods, unconditional).map(-)
  }

  /// Whether greedy search would give a right choice.
  static let exactChoice = choices("exact_match", isBinary: true) { scores, gold in
    .number(gold.contains { scores.isGreedy[$0] } ? 1 : 0)
  }

  static let brierScore = choices("brier_score", aggregation: .brierScore, higherIsBetter: false) {
    scores, gold throws(ScoringError) in
    .probabilities(gold: try only(gold, "brier_score"), softmax(scores.logLikelihoods))
  }

  static let choiceF1 = MetricDefinition(
    "f1", of: .choices, aggregation: .binaryF1, options: [.average],
    aggregationByOptions: Aggregation.f1ByOptions
  ) { _ in labels("f1") }

  static func choiceLabels(_ name: String, _ aggregation: Aggregation) -> MetricDefinition {
    MetricDefinition(name, of: .choices, aggregation: aggregation) { _ in labels(name) }
  }

  /// Pairs of the right choice's index and the likeliest's.
  private static func labels(_ name: String) -> Metric.ItemOfOutcome {
    ofChoices(name) { scores, gold throws(ScoringError) in
      let predicted = try largest(scores.logLikelihoods, name)
      return .labels(gold: String(try only(gold, name)), predicted: String(predicted))
    }
  }

  private static func accuracy(
    _ name: String,
    by rank: @escaping @Sendable (ChoiceScores) throws(ScoringError) -> [Double]
  ) -> MetricDefinition {
    choices(name, isBinary: true, options: [.weightBySize]) { scores, gold throws(ScoringError) in
      .number(gold.contains(try largest(rank(scores), name)) ? 1 : 0)
    }
  }

  private typealias ItemOfChoices =
    @Sendable (_ scores: ChoiceScores, _ gold: [Int]) throws(ScoringError) -> MetricItem

  private static func choices(
    _ name: String, isBinary: Bool = false, aggregation: Aggregation = .mean,
    higherIsBetter: Bool = true, options: [OptionDefinition] = [], item: @escaping ItemOfChoices
  ) -> MetricDefinition {
    MetricDefinition(
      name, of: .choices, isBinary: isBinary, higherIsBetter: higherIsBetter,
      aggregation: aggregation, options: options
    ) { _ in ofChoices(name, item) }
  }

  private static func ofChoices(
    _ name: String, _ item: @escaping ItemOfChoices
  ) -> Metric.ItemOfOutcome {
    { outcome throws(ScoringError) in
      guard case .choices(let scores) = outcome.output, !outcome.goldChoices.isEmpty else {
        return nil
      }
      let count = scores.choices.count
      guard scores.logLikelihoods.count == count, scores.isGreedy.count == count else {
        throw ScoringError(
          .unusableRow, "\(name) needs a log-probability and a flag for each of \(count) choices.")
      }
      if let wrong = outcome.goldChoices.first(where: { !(0..<count).contains($0) }) {
        throw ScoringError(
          .unusableRow, "The right choice is number \(wrong) of \(count), counted from 0.")
      }
      return try item(scores, outcome.goldChoices)
    }
  }

  /// The index of the first largest number.
  private static func largest(_ numbers: [Double], _ name: String) throws(ScoringError) -> Int {
    guard !numbers.contains(where: \.isNaN) else {
      throw ScoringError(.unusableRow, "\(name) cannot compare choices: a score is NaN.")
    }
    return numbers.indices.reduce(0) { numbers[$1] > numbers[$0] ? $1 : $0 }
  }

  private static func only(_ gold: [Int], _ name: String) throws(ScoringError) -> Int {
    guard gold.count == 1 else {
      throw ScoringError(
        .unusableRow, "\(name) needs one right choice; the row has \(gold.count). Use acc.")
    }
    return gold[0]
  }

  private static func softmax(_ numbers: [Double]) -> [Double] {
    let largest = numbers.max() ?? 0
    let powers = numbers.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

extension OptionDefinition {
  /// Task files of the harness have it where it does nothing.
  static let weightBySize = OptionDefinition(
    "weight_by_size", "no effect here, as in the harness: it belongs into aggregate_metric_list")
}
