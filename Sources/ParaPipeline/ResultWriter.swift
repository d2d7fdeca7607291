public import ParaFlow
import ParaJobs
public import ParaReports
import ParaResults
import Synchronization

/// Writes a run's rows: each to the ledger as it comes, and in order into `predictions.jsonl` and
/// `errors.jsonl` at the end. Keeps count meanwhile.
public final class ResultWriter: Sendable {
  private let ledger: Ledger
  private let state = Mutex((counts: RunCounts(), scores: ScoreBook()))

  /// - Throws: `LedgerError`, for example when the folder holds results already and `overwrite` is false.
  public init(folder: String, overwrite: Bool = false) throws {
    ledger = try Ledger.create(in: folder, overwrite: overwrite)
  }

  /// Rows and tokens so far.
  public var counts: RunCounts { state.withLock(\.counts) }

  /// The scores so far, by task, adapter and metric.
  public var scores: ScoreBook { state.withLock(\.scores) }

  func take(_ message: Message<Row<ScoredCompletion>>) throws {
    switch message {
    case .payload(let row):
      try ledger.append(
        JSONOutput.line(PredictionLine(row: row)), row: row.origin.number, to: .predictions)
      state.withLock { state in
        state.counts.add(row.value.completion)
        state.scores.add(row.value)
      }
    case .failure(let failure):
      try ledger.append(JSONOutput.line(failure), row: failure.origin.number, to: .errors)
      state.withLock { $0.counts.failed += 1 }
    }
  }

  func finish() throws { try ledger.finish() }
}

/// The end of a pipeline that writes its results into a folder.
public func write(to writer: ResultWriter) -> Sink<Row<ScoredCompletion>> {
  Sink("write") { input in
    while let message = try input.next() { try writer.take(message) }
    try writer.finish()
  }
}

extension ScoreBook {
  fileprivate mutating func add(_ scored: ScoredCompletion) {
    let prompt = scored.completion.prompt
    for (metric, value) in scored.scores {
      add(
        value, task: prompt.task, adapter: prompt.adapterName ?? Job.Adapter.noneName,
        metric: metric)
    }
  }
}
