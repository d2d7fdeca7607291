import ParaJSON
import Testing

@testable import ParaScoring

@Suite struct MetricTests {
  private func score(
    _ name: String, _ prediction: String, _ references: String..., options: MetricOptions = [:]
  ) throws -> Double {
    try Metric(named: name, options: options).score(prediction: prediction, references: references)
  }

  @Test func theBestReferenceCounts() throws {
    #expect(try score("em", "The Cat", "dog", "cat") == 1)
    #expect(try score("f1", "black cat", "cat", "black dog barks") == 2.0 / 3)
    // Exact against the second, and an F1 of 0 where both are empty.
    #expect(try score("f1_em", "the", "cat", "a") == 0.5)
  }

  @Test func exactMatchTrimsBothSidesOrNeither() throws {
    #expect(try score("exact_match", " yes", " yes") == 1)
    #expect(try score("exact_match", "yes", " yes") == 0)
    #expect(try score("exact_match", "yes", " yes", options: ["trim": true]) == 1)
    #expect(try score("exact_match", "\u{A0}yes\n", "yes", options: ["trim": true]) == 1)
    // What is left at the ends once punctuation is gone is trimmed too.
    #expect(
      try score("exact_match", "yes .", "yes", options: ["trim": true, "ignore_punctuation": true])
        == 1)
  }

  @Test func asciiIsComparedLikeOtherTexts() throws {
    let options: MetricOptions = [
      "ignore_case": true, "ignore_punctuation": true, "ignore_numbers": true, "trim": true,
    ]
    // White space beyond ASCII at the end is trimmed as well.
    for text in ["  Yes, 1 a-B\u{1F}\n", ".", " \t", "", "x 2 . ", "\u{7F}[`~"] {
      #expect(try score("exact_match", text, text + "\u{3000}", options: options) == 1)
    }
    #expect(try score("exact_match", " yEs. ", "YES1", options: options) == 1)
  }

  @Test(arguments: ["acc", "accuracy"])
  func labelsMatchWithoutCaseAndOuterSpace(name: String) throws {
    #expect(try score(name, " True\n", "true") == 1)
    #expect(try score(name, "not true", "true") == 0)
    #expect(try score(name, "", "\u{A0}") == 1)
  }

  /// Metrics of rows on their own; those of SQL need queries.
  private static let simple = MetricDefinition.names.filter { $0 != "sql_execution" }

  @Test(arguments: simple)
  func everyMetricKnowsRightFromWrong(name: String) throws {
    let metric = try Metric(named: name)
    #expect(metric.name == name)
    #expect(metric.higherIsBetter)
    #expect(
      metric.isBinary == !(["f1", "f1_em", "pass@k"].contains(name) || name.hasPrefix("rouge")))
    let right = name == "rouge2" ? "42 times" : "42"
    #expect(try metric.score(prediction: right, references: ["41", right]) == 1)
    #expect(try metric.score(prediction: right, references: ["41", "43"]) == 0)
  }

  @Test func severalAnswersHaveTheMeanOfTheirScores() throws {
    let metric = try Metric(named: "exact_match")
    let outcome = Outcome(.texts(["a", "b", "a", "c"]), references: ["a"])
    #expect(try metric.item(of: outcome) == .number(0.5))
  }

  @Test func rowsWithoutLabelAreLeftOut() throws {
    for definition in MetricDefinition.all where definition.output == .texts {
      let metric = try definition.metric()
      #expect(try metric.item(of: Outcome(.texts(["a"]))) == nil)
      // No answer to find: only SQuAD 2.0 knows what that means.
      let unanswerable = try metric.item(of: Outcome(.texts(["a"]), references: []))
      #expect((unanswerable != nil) == (definition.name == "squad_v2"))
    }
    #expect(try Metric(named: "acc").aggregate([]) == nil)
  }

  @Test func anotherOutputIsRefused() throws {
    let error = #expect(throws: ScoringError.self) {
      try Metric(named: "f1").item(of: Outcome(.rolling(-1, text: "a")))
    }
    #expect(error?.message == "f1 scores generate_until; the row has loglikelihood_rolling.")
  }

  @Test func aggregationsTakeTheirOwnItemsOnly() throws {
    let metric = try Metric(named: "exact_match")
    #expect(try metric.aggregated(by: .median).aggregation.name == "median")
    let error = #expect(throws: ScoringError.self) { try metric.aggregated(by: .bleu) }
    #expect(
      error?.message
        == "The aggregation bleu takes counts of BLEU; exact_match gives numbers, for mean, nanmean, "
        + "median, max, perplexity.")
    let unknown = #expect(throws: ScoringError.self) { try Aggregation.named("avg") }
    #expect(unknown?.message.hasPrefix("There is no aggregation \"avg\"; known are mean,") == true)
  }
}

@Suite struct MetricDefinitionTests {
  @Test func unknownMetricIsRefusedWithTheKnownOnes() throws {
    let error = #expect(throws: ScoringError.self) {
      try MetricDefinition.named("rouge", of: .logLikelihood)
    }
    #expect(error?.code == .unknownMetric)
    #expect(
      error?.message
        == "There is no metric \"rouge\" for loglikelihood; known are acc, perplexity.")
    let ofEvaluate = #expect(throws: ScoringError.self) {
      try MetricDefinition.named("bleu", of: .texts, isOfEvaluate: true)
    }
    #expect(
      ofEvaluate?.message
        == "There is no metric \"bleu\" for generate_until with hf_evaluate; known are accuracy, "
        + "exact_match, f1.")
  }

  @Test(
    arguments: [
      (
        "f1", ["ignore_case": true],
        "The metric f1 has no option \"ignore_case\"; its options: none."
      ),
      (
        "exact_match", ["ignore_space": true],
        "The metric exact_match has no option \"ignore_space\"; its options: regexes_to_ignore, "
          + "ignore_case, ignore_punctuation, ignore_numbers, trim."
      ),
      (
        "exact_match", ["ignore_case": "yes"],
        "The option 'ignore_case' of the metric exact_match is true or false, not a string."
      ),
      (
        "exact_match", ["regexes_to_ignore": .array(["a", 1])],
        "The option 'regexes_to_ignore' of the metric exact_match is a list of texts."
      ),
      ("pass@k", ["k": 0], "The option 'k' of the metric pass@k is at least 1."),
      (
        "pass@k", ["metric": "rouge1"],
        "The option 'metric' of the metric pass@k names a metric of 0 or 1, such as exact_match or "
          + "numeric."
      ),
    ] as [(String, MetricOptions, String)])
  func optionsThatAreNotUnderstoodAreRefused(
    name: String, options: MetricOptions, message: String
  ) {
    let error = #expect(throws: ScoringError.self) { try Metric(named: name, options: options) }
    #expect(error?.message == message)
  }

  @Test func aRegularExpressionThatIsNoneIsRefused() {
    let error = #expect(throws: ScoringError.self) {
      try Metric(named: "exact_match", options: ["regexes_to_ignore": .array(["("])])
    }
    #expect(error?.code == .unusableOption)
  }

  @Test func predictionWithoutReferenceIsRefused() throws {
    let error = #expect(throws: ScoringError.self) {
      try Metric(named: "f1").score(prediction: "cat", references: [])
    }
    #expect(error?.code == .noReferences)
    #expect(
      error?.message == "f1 needs at least one reference; leave rows without out of scoring.")
  }

  @Test func namesOfAnOutputAreDifferent() {
    for output in Outcome.Kind.allCases {
      let names = MetricDefinition.names(of: output)
      #expect(Set(names).count == names.count)
    }
  }
}
