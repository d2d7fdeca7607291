internal import ParaJSON

/// One question of SQuAD 2.0, as evaluate-v2.0.py scores it.
public struct SquadV2Answer: Sendable, Hashable {
  /// Whether the words of the answer are those of a right one; of the empty text if there is no answer.
  public let isExact: Bool
  public let f1: Double
  public let hasAnswer: Bool
  /// Whether the model answered with the empty text.
  let isEmpty: Bool
  let noAnswerProbability: Double?
  /// Both before the model's doubt turned the answer into none, for the search of the best threshold.
  let raw: Raw

  struct Raw: Hashable {
    let isExact: Bool
    let f1: Double
  }

  /// - Parameter threshold: Above this probability of no answer, there is none.
  init(_ prediction: String, _ outcome: Outcome, references: [String], threshold: Double) {
    let predicted = SquadAnswer(prediction)
    let answers = references.map(SquadAnswer.init).filter { !$0.words.isEmpty }
    let golds = answers.isEmpty ? [SquadAnswer("")] : answers
    raw = Raw(
      isExact: golds.contains(predicted), f1: golds.map(predicted.f1OrBothEmpty).max() ?? 0)
    hasAnswer = !references.isEmpty
    isEmpty = prediction.isEmpty
    noAnswerProbability = outcome.noAnswerProbability
    let isWithdrawn = (noAnswerProbability ?? 0) > threshold
    isExact = isWithdrawn ? !hasAnswer : raw.isExact
    f1 = isWithdrawn ? (hasAnswer ? 0 : 1) : raw.f1
  }
}

extension SquadAnswer {
  /// As in SQuAD 2.0: 1 if both are empty.
  fileprivate func f1OrBothEmpty(_ reference: SquadAnswer) -> Double {
    words.isEmpty && reference.words.isEmpty ? 1 : f1(reference)
  }
}

extension MetricDefinition {
  /// SQuAD 2.0: F1, with the exact matches and the kinds of questions as details.
  static let squadV2 = MetricDefinition(
    "squad_v2", of: .texts, aggregation: .squadV2,
    options: [
      OptionDefinition(
        "no_answer_threshold", "the probability of no answer above which there is none; 1")
    ]
  ) { options throws(ScoringError) in
    let threshold = options["no_answer_threshold"]?.doubleValue ?? 1
    if options["no_answer_threshold"] != nil, options["no_answer_threshold"]?.doubleValue == nil {
      throw options.unusable("no_answer_threshold", "is a number")
    }
    return { outcome throws(ScoringError) in
      guard case .texts(let predictions) = outcome.output, let references = outcome.references
      else { return nil }
      guard predictions.count == 1 else {
        throw ScoringError(
          .unusableRow,
          "squad_v2 scores one answer a row, not \(predictions.count); filter by take_first.")
      }
      return .answer(
        SquadV2Answer(predictions[0], outcome, references: references, threshold: threshold))
    }
  }
}

extension Aggregation {
  static let squadV2 = Aggregation(
    "squad_v2", of: .answers, details: SquadV2Evaluation.details
  ) { items in mean(numbers(items)) }
}

/// What evaluate-v2.0.py prints, 0 to 1 in place of 0 to 100.
private enum SquadV2Evaluation {
  @Sendable static func details(of items: [MetricItem]) -> [MetricSummary.Detail] {
    var answers: [SquadV2Answer] = []
    for case .answer(let answer) in items { answers.append(answer) }
    return means(answers, "") + means(answers.filter(\.hasAnswer), "HasAns_")
      + means(answers.filter { !$0.hasAnswer }, "NoAns_")
      + best(answers, "exact") { $0.isExact ? 1 : 0 } + best(answers, "f1") { $0.f1 }
  }

  private static func means(
    _ answers: [SquadV2Answer], _ prefix: String
  ) -> [MetricSummary.Detail] {
    if answers.isEmpty { return [] }
    let values = [
      ("exact", Aggregation.mean(answers.map { $0.isExact ? 1 : 0 })),
      ("f1", Aggregation.mean(answers.map(\.f1))), ("total", Double(answers.count)),
    ]
    return values.map { MetricSummary.Detail(name: prefix + $0.0, value: $0.1) }
  }

  /// The best score over all thresholds of the probability of no answer, and that threshold. Nothing
  /// unless the probabilities are known.
  private static func best(
    _ answers: [SquadV2Answer], _ name: String, score: (SquadV2Answer.Raw) -> Double
  ) -> [MetricSummary.Detail] {
    guard answers.contains(where: { $0.noAnswerProbability != nil }) else { return [] }
    var current = Double(answers.count { !$0.hasAnswer })
    var (best, threshold) = (current, 0.0)
    // Rows of equal probability stay in their order, as in the script.
    let sorted = answers.enumerated().sorted {
      ($0.element.noAnswerProbability ?? 0, $0.offset)
        < ($1.element.noAnswerProbability ?? 0, $1.offset)
    }
    for (_, answer) in sorted {
      current += answer.hasAnswer ? score(answer.raw) : answer.isEmpty ? 0 : -1
      if current > best { (best, threshold) = (current, answer.noAnswerProbability ?? 0) }
    }
    return [
      MetricSummary.Detail(name: "best_" + name, value: best / Double(answers.count)),
      MetricSummary.Detail(name: "best_" + name + "_thresh", value: threshold),
    ]
  }
}
