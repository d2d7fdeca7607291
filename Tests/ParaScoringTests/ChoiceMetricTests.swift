import ParaJSON
import Testing

@testable import ParaScoring

@Suite struct ChoiceMetricTests {
  private func score(
    _ name: String, _ logLikelihoods: [Double], choices: [String] = ["a", "bbb", "ccc"],
    isGreedy: [Bool] = [false, true, false], unconditional: [Double]? = nil, gold: [Int] = [1]
  ) throws -> Double? {
    let scores = ChoiceScores(
      choices: choices, logLikelihoods: logLikelihoods, isGreedy: isGreedy,
      unconditional: unconditional)
    let metric = try MetricDefinition.named(name, of: .choices).metric()
    return try metric.item(of: Outcome(.choices(scores), goldChoices: gold))?.number
  }

  @Test func theFirstOfEquallyLikelyChoicesIsTheModels() throws {
    #expect(try score("acc", [-3, -2, -2]) == 1)
    #expect(try score("acc", [-2, -2, -3]) == 0)
    #expect(try score("acc", [-2, -1, -3], gold: [0, 1]) == 1)
  }

  @Test func lengthsAreCodePointsOrBytes() throws {
    #expect(try score("acc", [-2, -3, -9]) == 0)
    #expect(try score("acc_norm", [-2, -3, -9]) == 1)
    // ä is one character of two bytes, and in two parts two characters.
    #expect(try score("acc_norm", [-4, -5, -90], choices: ["aaa", "ääää", "a"]) == 1)
    #expect(try score("acc_norm", [-4, -4, -90], choices: ["ä", "a\u{308}", "a"]) == 1)
    #expect(try score("acc_bytes", [-5, -4, -90], choices: ["aaaa", "äää", "a"]) == 1)
    #expect(try score("acc_bytes", [-3, -5, -90], choices: ["aaa", "ää", "a"]) == 0)
  }

  @Test func anEmptyChoiceIsNeverTheModels() throws {
    #expect(try score("acc_norm", [-2, -3, -9], choices: ["", "bbb", "ccc"]) == 1)
    #expect(throws: ScoringError.self) {
      try score("acc_norm", [0, -3, -9], choices: ["", "b", "c"])
    }
  }

  @Test func whatAChoiceGainsByTheContextCounts() throws {
    #expect(try score("acc_mutual_info", [-2, -3, -9], unconditional: [-1, -6, -9]) == 1)
    let error = #expect(throws: ScoringError.self) { try score("acc_mutual_info", [-2, -3, -9]) }
    #expect(
      error?.message
        == "acc_mutual_info needs each choice's log-probability without the context too.")
  }

  @Test func greedySearchMayGiveTheRightChoice() throws {
    #expect(try score("exact_match", [-2, -3, -9]) == 1)
    #expect(try score("exact_match", [-2, -3, -9], gold: [0, 2]) == 0)
  }

  @Test func rowsWithoutLabelAreLeftOut() throws {
    for definition in MetricDefinition.all where definition.output == .choices {
      #expect(try score(definition.name, [-2, -3, -9], gold: []) == nil)
    }
  }

  @Test func whatCannotBeRightIsAnErrorOfTheRow() {
    let error = #expect(throws: ScoringError.self) { try score("acc", [-1, -2, -3], gold: [3]) }
    #expect(error?.code == .unusableRow)
    #expect(error?.message == "The right choice is number 3 of 3, counted from 0.")
    #expect(throws: ScoringError.self) { try score("acc", [-1, .nan, -3]) }
    #expect(throws: ScoringError.self) { try score("acc", [-1, -2]) }
    #expect(throws: ScoringError.self) { try score("mcc", [-1, -2, -3], gold: [0, 1]) }
  }

  private func labels(_ pairs: [(gold: Int, predicted: Int)], _ options: MetricOptions) throws
    -> Double?
  {
    let metric = try MetricDefinition.named("f1", of: .choices).metric(options)
    let items = try pairs.compactMap { gold, predicted in
      let scores = ChoiceScores(
        choices: ["a", "b", "c"], logLikelihoods: (0..<3).map { $0 == predicted ? -1 : -2 },
        isGreedy: [false, false, false])
      return try metric.item(of: Outcome(.choices(scores), goldChoices: [gold]))
    }
    // A task may name the metric's own aggregation beside its options.
    return try metric.aggregated(by: .named("f1")).aggregate(items)?.value
  }

  @Test func f1NeedsTwoClassesOrAnAverage() throws {
    #expect(try labels([(0, 1), (1, 1)], [:]) == 2.0 / 3)
    #expect(try labels([(0, 1), (1, 1)], ["average": "macro"]) == 1.0 / 3)
    #expect(try labels([(0, 2), (1, 1), (2, 2)], ["average": "micro"]) == 2.0 / 3)
    let error = #expect(throws: ScoringError.self) { try labels([(0, 2), (1, 1)], [:]) }
    #expect(
      error?.message
        == "f1 needs two classes and found 3; choose the metric macro_f1, or give f1 the option "
        + "'average: macro'.")
    #expect(throws: ScoringError.self) { try labels([(0, 2)], [:]) }
    #expect(throws: ScoringError.self) { try labels([(0, 1)], ["average": "samples"]) }
  }
}

@Suite struct LogLikelihoodMetricTests {
  @Test func greedyAnswersAreAccurate() throws {
    let metric = try MetricDefinition.named("acc", of: .logLikelihood).metric()
    #expect(try metric.item(of: Outcome(.logLikelihood(-1, isGreedy: true)))?.number == 1)
    #expect(try metric.item(of: Outcome(.logLikelihood(-1, isGreedy: false)))?.number == 0)
  }

  /// `len(re.split(r"\s+", text))`.
  @Test(arguments: [
    ("", 1.0), ("one", 1), ("two words", 2), (" two words", 3), ("two  words\n", 3), (" ", 2),
    ("a\u{1F}b\u{3000}c", 3),
  ])
  func wordsStandBetweenWhiteSpace(text: String, count: Double) throws {
    let metric = try MetricDefinition.named("word_perplexity", of: .rolling).metric()
    let item = try metric.item(of: Outcome(.rolling(-6, text: text)))
    #expect(item == .weighted(sum: -6, weight: count))
  }

  @Test func bytesAreThoseOfUTF8() throws {
    for name in ["byte_perplexity", "bits_per_byte"] {
      let metric = try MetricDefinition.named(name, of: .rolling).metric()
      let item = try metric.item(of: Outcome(.rolling(-6, text: "ä€")))
      #expect(item == .weighted(sum: -6, weight: 5))
      #expect(!metric.higherIsBetter)
    }
  }
}

@Suite struct PassAtKTests {
  /// 1 − C(n − c, k) / C(n, k).
  @Test(arguments: [(1, 0.4), (2, 0.7), (3, 0.9), (4, 1)])
  func drawsAreWithoutReplacement(count: Int, expected: Double) throws {
    let metric = try Metric(named: "pass@k", options: ["k": .integer(Int64(count))])
    let outcome = Outcome(.texts(["a", "b", "a", "b", "b"]), references: ["a"])
    let score = try #require(try metric.item(of: outcome)?.number)
    #expect(abs(score - expected) < 1e-15)
  }

  @Test func anotherMetricMayJudge() throws {
    let metric = try Metric(named: "pass@k", options: ["metric": "numeric"])
    let outcome = Outcome(.texts(["It is 5.0", "6"]), references: ["5"])
    #expect(try metric.item(of: outcome)?.number == 0.5)
  }

  @Test func fewerAnswersThanDrawnAreAnError() throws {
    let metric = try Metric(named: "pass@k", options: ["k": 2])
    let error = #expect(throws: ScoringError.self) {
      try metric.item(of: Outcome(.texts(["a"]), references: ["a"]))
    }
    #expect(
      error?.message
        == "pass@k draws 2 answers and the row has 1; set the task's 'repeats' to at least 2, and "
        + "filter without take_first.")
  }
}
