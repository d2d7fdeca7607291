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

  @Test func exactMatchIgnoresWhatItsOptionsSay() throws {
    #expect(try score("exact_match", "Yes", "Yes") == 1)
    #expect(try score("exact_match", "Yes.", "yes 1") == 0)
    #expect(try score("exact_match", "Yes", "yes") == 0)
    #expect(try score("exact_match", "ÉTÉ", "été", options: ["ignore_case": true]) == 1)
    #expect(try score("exact_match", "a-b.", "ab", options: ["ignore_punctuation": true]) == 1)
    #expect(try score("exact_match", "a1b2", "ab", options: ["ignore_numbers": true]) == 1)
    // Equal to a reader and to Swift, but not to the official scripts.
    #expect(try score("exact_match", "e\u{301}", "\u{E9}") == 0)
  }

  @Test(arguments: ["acc", "accuracy"])
  func labelsMatchWithoutCaseAndOuterSpace(name: String) throws {
    #expect(try score(name, " True\n", "true") == 1)
    #expect(try score(name, "not true", "true") == 0)
    #expect(try score(name, "", "\u{A0}") == 1)
  }

  @Test func everyMetricKnowsRightFromWrong() throws {
    for name in MetricDefinition.names {
      let metric = try Metric(named: name)
      #expect(metric.name == name)
      #expect(metric.higherIsBetter)
      #expect(metric.isBinary == !["f1", "f1_em"].contains(name))
      #expect(try metric.score(prediction: "42", references: ["41", "42"]) == 1)
      #expect(try metric.score(prediction: "42", references: ["41", "43"]) == 0)
    }
  }

  @Test func unknownMetricIsRefusedWithTheKnownOnes() throws {
    let error = #expect(throws: ScoringError.self) { try Metric(named: "bleu") }
    #expect(error?.code == .unknownMetric)
    #expect(
      error?.message
        == "There is no metric \"bleu\"; known are acc, accuracy, em, exact_match, f1, f1_em, "
        + "numeric, sql_exact.")
  }

  @Test func optionsOfAnotherMetricAreRefused() throws {
    let error = #expect(throws: ScoringError.self) {
      try Metric(named: "f1", options: ["ignore_case": true])
    }
    #expect(error?.code == .unknownOption)
    #expect(
      error?.message
        == "The metric f1 has no option \"ignore_case\"; its options: none.")
    let known = #expect(throws: ScoringError.self) {
      try Metric(named: "exact_match", options: ["ignore_space": true])
    }
    #expect(
      known?.message
        == "The metric exact_match has no option \"ignore_space\"; its options: ignore_case, "
        + "ignore_punctuation, ignore_numbers.")
  }

  @Test func predictionWithoutReferenceIsRefused() throws {
    let error = #expect(throws: ScoringError.self) { try score("f1", "cat") }
    #expect(error?.code == .noReferences)
    #expect(
      error?.message == "f1 needs at least one reference; leave rows without out of scoring.")
  }
}

@Suite struct SQLStatementTests {
  @Test(arguments: [
    ("SELECT a FROM t", "select  A\nfrom T ;"),
    ("SELECT COUNT(*) FROM t WHERE a>=1", "select count ( * ) from t where a >= 1;;"),
    ("SELECT 'It''s' FROM t", "select 'It''s' from t"),
    ("SELECT \"A b\" FROM 1-1000181-1", "select \"A b\" from 1-1000181-1"),
    ("", " ; "),
  ])
  func caseAndSpaceOutsideQuotesDoNotCount(first: String, second: String) {
    #expect(SQLStatement(first) == SQLStatement(second))
  }

  @Test(arguments: [
    ("SELECT 'a'", "SELECT 'A'"), ("SELECT 'a b'", "SELECT 'a  b'"), ("SELECT 'a'", "SELECT \"a\""),
    ("SELECT ab", "SELECT a b"), ("SELECT 1.5", "SELECT 15"), ("SELECT a", "SELECT a;b"),
    ("SELECT 'a;'", "SELECT 'a'"), ("SELECT ''''", "SELECT ''"), ("SELECT 'open", "SELECT 'open'"),
  ])
  func theRestCounts(first: String, second: String) {
    #expect(SQLStatement(first) != SQLStatement(second))
  }
}
