import ParaJSON
import ParaScoring
import ParaTestSupport
import Testing

@testable import ParaTasks

/// Made-up answers to the harness's task files, scored as its release 0.4.13 scores them.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared, which is not beside this checkout"))
struct SharedScoreTests {
  @Test(arguments: SharedRun.all)
  func filters(run: SharedRun) throws {
    let scorer = try TaskScorer(run.task())
    guard case .object(let expected)? = run.fields["filtered"] else { throw Unexpected() }
    var found: [String: [JSONValue]] = [:]
    for (row, answers, record) in try answeredRows(of: run) {
      for (name, output) in try scorer.outputs(of: row, answers, record: record) {
        found[name, default: []] += json(output)
      }
    }
    #expect(found.count == expected.members.count)
    for (name, values) in found {
      #expect(JSONValue.array(values).equalsInPython(expected[name] ?? .null), "\(run) \(name)")
    }
  }

  @Test(arguments: SharedRun.all)
  func documents(run: SharedRun) throws {
    let scorer = try TaskScorer(run.task())
    guard case .object(let expected)? = run.fields["per_document"] else { throw Unexpected() }
    let items = try items(of: run, scorer)
    for entry in scorer.entries {
      guard case .array(let documents)? = expected[entry.key.filter] else { throw Unexpected() }
      try #require(documents.count == items.count)
      for (document, items) in zip(documents, items) {
        guard case .object(let fields) = document, let value = fields[entry.key.metric],
          let item = items[entry.key]
        else { throw Unexpected() }
        #expect(matches(item, value), "\(run) \(entry.key) \(item) \(value)")
      }
    }
  }

  @Test(arguments: SharedRun.all)
  func metrics(run: SharedRun) throws {
    let scorer = try TaskScorer(run.task())
    guard case .object(let expected)? = run.fields["metrics"] else { throw Unexpected() }
    // The runs were made with a thousand draws.
    let scores = try scorer.scores(of: items(of: run, scorer), bootstrapDraws: 1000)
    #expect(2 * scores.count == expected.members.count)
    for (key, score) in scores {
      let value = try #require(expected["\(key)"]?.doubleValue)
      #expect(isClose(score.value, value), "\(run) \(key) \(score.value) \(value)")
      #expect(score.count == (try run.documents().count))
      let expectedError = expected["\(key.metric)_stderr,\(key.filter)"]
      guard let error = score.standardError else {
        #expect(expectedError == "N/A", "\(run) \(key)")
        continue
      }
      #expect(isClose(error, expectedError?.doubleValue ?? .nan), "\(run) \(key) \(error)")
    }
  }

  private func items(
    of run: SharedRun, _ scorer: TaskScorer
  ) throws -> [[ScoreKey: MetricItem]] {
    try answeredRows(of: run).map { try scorer.items(of: $0.row, $0.answers, record: $0.record) }
  }

  private typealias AnsweredRow = (row: TaskRow, answers: [TaskAnswer], record: JSONObject)

  private func answeredRows(of run: SharedRun) throws -> [AnsweredRow] {
    let task = try run.task()
    var answers = try run.list("model_outputs").map(answer)[...]
    return try run.documents().map { record in
      let row = try task.row(record)
      defer { answers = answers.dropFirst(row.requests.count) }
      return (row, Array(answers.prefix(row.requests.count)), record)
    }
  }

  /// One entry for each repeat.
  private func answer(_ outputs: JSONValue) throws -> TaskAnswer {
    guard case .array(let repeats) = outputs, let first = repeats.first else { throw Unexpected() }
    switch first {
    case .string:
      return .texts(
        try repeats.map {
          guard case .string(let text) = $0 else { throw Unexpected() }
          return text
        })
    case .array(let pair):
      guard let value = pair.first?.doubleValue else { throw Unexpected() }
      return .logLikelihood(value, isGreedy: pair.last == .bool(true))
    default:
      guard let value = first.doubleValue else { throw Unexpected() }
      return .logLikelihood(value)
    }
  }

  private func json(_ output: Outcome.Output) -> [JSONValue] {
    switch output {
    case .texts(let texts): texts.map(JSONValue.string)
    case .choices(let scores):
      zip(scores.logLikelihoods, scores.isGreedy).map { .array([.double($0), .bool($1)]) }
    case .logLikelihood(let value, let isGreedy): [.array([.double(value), .bool(isGreedy)])]
    case .rolling(let value, _): [.double(value)]
    }
  }

  /// Whether an item is what the harness hands to its aggregation. What ours hands on for sacrebleu's
  /// metrics are counts; of the harness both texts.
  private func matches(_ item: MetricItem, _ expected: JSONValue) -> Bool {
    switch (item, expected) {
    case (.number(let value), _): expected.doubleValue == value
    case (.weighted(let sum, let weight), .array(let pair)):
      pair.map(\.doubleValue) == [sum, weight]
    case (.labels(let gold, let predicted), .array(let pair)):
      pair.map(\.description) == [gold, predicted]
    case (.counts, .array(let pair)): pair.count == 2
    default: false
    }
  }

  /// But for the last bit, in which machines' exponential functions differ.
  private func isClose(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-15 * abs(expected)
  }
}
