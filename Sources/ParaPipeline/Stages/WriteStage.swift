import ParaAdapters
import ParaDecoding
public import ParaFlow
import ParaJobs
public import ParaReports
import ParaResults
import ParaTasks
import Synchronization

/// The end of a pipeline: writes its results into a folder.
public func write(to writer: ResultWriter) -> Sink<Row<ScoredCompletion>> {
  Sink("write") { input in
    while let message = try input.next() { try writer.write(message) }
    try writer.finish()
  }
}

/// Writes a run's rows: each to the ledger as it completes, and in input order into
/// `predictions.jsonl` and `errors.jsonl` at the end. Counts rows and collects scores meanwhile.
public final class ResultWriter: Sendable {
  private let ledger: Ledger
  private let state = Mutex((counts: RunCounts(), scores: ScoreBook()))

  /// - Throws: `LedgerError`, for example when the folder holds results already and `overwrite` is
  ///   false.
  public init(folder: String, overwrite: Bool = false) throws {
    ledger = try Ledger.create(in: folder, overwrite: overwrite)
  }

  /// Rows and tokens so far.
  public var counts: RunCounts { state.withLock(\.counts) }

  /// The scores so far, by task, adapter and metric.
  public var scores: ScoreBook { state.withLock(\.scores) }

  func write(_ message: Message<Row<ScoredCompletion>>) throws {
    switch message {
    case .payload(let row):
      try ledger.append(
        JSONOutput.line(PredictionRecord(row)), row: row.origin.number, to: .predictions)
      state.withLock { state in
        state.counts.add(row.value.completion)
        state.scores.add(row)
      }
    case .failure(let failure):
      try ledger.append(JSONOutput.line(failure), row: failure.origin.number, to: .errors)
      state.withLock { $0.counts.failed += 1 }
    }
  }

  func finish() throws { try ledger.finish() }
}

/// Rows and tokens of a run.
public struct RunCounts: Sendable, Hashable, Codable {
  /// Rows with an answer.
  public var predicted = 0
  /// Rows in `errors.jsonl`.
  public var failed = 0
  public var promptTokens = 0
  /// Tokens of the returned hypotheses, end-of-sequence tokens included.
  public var generatedTokens = 0

  public init() {}

  public var rows: Int { predicted + failed }

  mutating func add(_ completion: Completion) {
    predicted += 1
    promptTokens += completion.prompt.tokens.count
    generatedTokens += completion.answers.reduce(0) { $0 + $1.hypothesis.generatedLength }
  }
}

extension PredictionRecord {
  init(_ row: Row<ScoredCompletion>) {
    let (scored, completion) = (row.value, row.value.completion)
    self.init(
      origin: row.origin, task: completion.prompt.task, adapter: completion.prompt.adapterName,
      adapterHash: completion.prompt.adapter?.contentHash,
      promptTokens: completion.prompt.tokens.count,
      hypotheses: completion.answers.map { HypothesisRecord($0.hypothesis, text: $0.text) },
      references: completion.prompt.references, scores: scored.scores)
  }
}

extension PredictionRecord.HypothesisRecord {
  fileprivate init(_ hypothesis: Hypothesis, text: String) {
    self.init(
      text: text, tokens: hypothesis.tokens, score: hypothesis.score,
      sumLogProbability: hypothesis.sumLogProbability,
      generatedLength: hypothesis.generatedLength, stopReason: hypothesis.stopReason.rawValue)
  }
}

extension ScoreBook {
  fileprivate mutating func add(_ scored: Row<ScoredCompletion>) {
    let prompt = scored.value.completion.prompt
    for (entry, item) in scored.value.items {
      let key = Key(
        task: prompt.task, adapter: prompt.adapterName ?? Job.Adapter.noneName,
        metric: entry.key.name)
      add(item, row: scored.origin.number, of: entry.metric, key)
    }
  }
}
