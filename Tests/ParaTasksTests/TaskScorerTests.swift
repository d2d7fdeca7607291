import ParaJSON
import ParaScoring
import ParaTestSupport
import Testing

@testable import ParaTasks

/// From answers to scores, where the harness's own runs do not reach.
struct TaskScorerTests {
  private let text = "doc_to_text: '{{ q }}'\ndoc_to_target: '{{ a }}'\n"
  private let choices =
    "output_type: multiple_choice\ndoc_to_choice: ['no', 'yes']\ndoc_to_target: a\n"

  private func items(
    _ task: TaskDefinition, _ record: JSONObject, _ answers: [TaskAnswer],
    meaning: TaskScorer.Meaning = .harness
  ) throws -> [ScoreKey: MetricItem] {
    try TaskScorer(task, meaning: meaning).items(
      of: task.row(record), answers, record: record)
  }

  private func number(_ items: [ScoreKey: MetricItem], _ metric: String) -> Double? {
    items[ScoreKey(metric: metric, filter: "none")]?.number
  }

  @Test func outerSpaceCountsAsInTheHarness() throws {
    let task = try task(text + "metric_list: [{metric: exact_match}]")
    let record: JSONObject = ["q": "x", "a": " yes"]
    for (answer, counts) in [(" yes", 1.0), ("yes", 0)] {
      let harness = try items(task, record, [.texts([answer])])
      #expect(number(harness, "exact_match") == counts)
      let own = try items(task, record, [.texts([answer])], meaning: .job)
      #expect(number(own, "exact_match") == 1)
    }
  }

  @Test func queriesRunOnTheRowsTables() throws {
    let task = try task(text + "metric_list: [{metric: sql_execution}]")
    let table: JSONValue = .object([
      "name": "t", "columns": .array(["a"]), "rows": .array([.array([3])]),
    ])
    for (field, value) in [("table", table), ("tables", .array([table]))] {
      var record: JSONObject = ["q": "x", "a": "SELECT 3"]
      record[field] = value
      let items = try items(task, record, [.texts(["SELECT a FROM t"])])
      #expect(number(items, "sql_execution") == 1)
    }
    #expect(throws: ScoringError.self) {
      try items(task, ["q": "x", "a": "SELECT 3"], [.texts(["SELECT 3"])])
    }
  }

  @Test func rowsWithoutLabelAreLeftOut() throws {
    let task = try task(choices + "doc_to_text: q\n")
    let scorer = try TaskScorer(task)
    let answers: [TaskAnswer] = [.logLikelihood(-2), .logLikelihood(-1)]
    let unlabelled = try items(task, ["q": "x", "a": .null], answers)
    #expect(unlabelled.isEmpty)
    let right = try items(task, ["q": "x", "a": 1], answers)
    let wrong = try items(task, ["q": "x", "a": 0], answers)
    let score = try scorer.scores(of: [right, unlabelled, wrong])
    #expect(score[ScoreKey(metric: "acc", filter: "none")]?.value == 0.5)
    #expect(score[ScoreKey(metric: "acc", filter: "none")]?.count == 2)
    #expect(try scorer.scores(of: [unlabelled]).isEmpty)
  }

  /// The likelier choice is so without the question, too.
  @Test func mutualInformationTakesTheAnswersBehindTheChoices() throws {
    let task = try task(
      choices + "doc_to_text: q\nmetric_list: [{metric: acc}, {metric: acc_mutual_info}]")
    let answers: [TaskAnswer] = [-1, -2, -1, -5].map { .logLikelihood($0) }
    let items = try items(task, ["q": "x", "a": 1], answers)
    #expect(number(items, "acc") == 0)
    #expect(number(items, "acc_mutual_info") == 1)
  }

  /// Of choices the harness's, which needs all rows; of texts SQuAD's, where the harness stops.
  @Test func f1IsTheOutputTypes() throws {
    let f1 = "metric_list: [{metric: f1}]"
    let choice = try items(
      task(choices + "doc_to_text: q\n" + f1), ["q": "x", "a": 1],
      [.logLikelihood(-2), .logLikelihood(-1)])
    #expect(choice.first?.value == .labels(gold: "1", predicted: "1"))
    let words = try items(task(text + f1), ["q": "x", "a": "black cat"], [.texts(["the cat"])])
    #expect(number(words, "f1") == 2.0 / 3)
  }

  /// Of choices, a job's metrics of texts score the likeliest one's; the harness knows none.
  @Test func jobsScoreTheChosenText() throws {
    let task = try task(
      "output_type: multiple_choice\ndoc_to_choice: c\ndoc_to_target: a\ndoc_to_text: q\n"
        + "metric_list: [{metric: numeric}, {metric: exact_match}, {metric: acc_norm}]")
    let record: JSONObject = [
      "q": "x", "a": .array([0, 2]), "c": .array(["17", "it is 17.0", "18"]),
    ]
    let answers: [TaskAnswer] = [-2, -1, -3].map { .logLikelihood($0) }
    let items = try items(task, record, answers, meaning: .job)
    #expect(number(items, "numeric") == 1)
    #expect(number(items, "exact_match") == 0)
    // 1/10 of -1 is more than half of -2.
    #expect(number(items, "acc_norm") == 0)
    #expect(throws: TaskErrors.self) { try TaskScorer(task) }
    #expect(throws: ScoringError.self) {
      try self.items(task, record, [.logLikelihood(.nan)] + answers.dropFirst(), meaning: .job)
    }
  }

  @Test func repeatsWithoutFilterCountAlike() throws {
    let task = try task(
      text + "repeats: 4\nmetric_list: [{metric: exact_match}]\n"
        + "filter_list: [{name: none, filter: [{function: lowercase}]}]")
    let answers = TaskAnswer.texts(["Yes", "no", "yes", "YES"])
    #expect(
      number(try items(task, ["q": "x", "a": "yes"], [answers]), "exact_match") == 0.75)
  }

  @Test func answersMustFitTheRow() throws {
    let task = try task(choices + "doc_to_text: q\n")
    let few = #expect(throws: ScoringError.self) {
      try items(task, ["q": "x", "a": 1], [.logLikelihood(-1)])
    }
    #expect(few?.message == "A row of 2 requests needs as many answers, not 1.")
    let texts = #expect(throws: ScoringError.self) {
      try items(task, ["q": "x", "a": 1], [.texts(["no"]), .texts(["yes"])])
    }
    #expect(texts?.code == .unusableRow)
  }

  /// All at once, each with its place.
  @Test func unknownNamesAreRefused() throws {
    let errors = #expect(throws: TaskErrors.self) {
      try TaskScorer(
        task(
          text
            + """
            metric_list:
            - metric: exact_mach
            - {metric: exact_match, ignore_space: true}
            - {metric: em, aggregation: bleu}
            filter_list:
            - {name: a, filter: [{function: regexp}]}
            """))
    }
    #expect(errors?.errors.map(\.code) == [.unknownName, .unknownKey, .wrongValue, .unknownName])
    #expect(errors?.errors.map { $0.line != nil } == [true, true, true, true])
    let filter = #expect(throws: TaskErrors.self) {
      try TaskScorer(
        task(
          choices
            + "doc_to_text: q\nfilter_list: [{name: a, filter: [{function: lowercase}]}]"))
    }
    #expect(filter?.errors.map(\.code) == [.unsupported])
  }
}
