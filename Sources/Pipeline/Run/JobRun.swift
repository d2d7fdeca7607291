import Adapters
import Checkpoints
import Engine
import Foundation
import Ingest
import Logging
import Reports
import Transformer

/// A job on its way: everything it names is opened and checked first, then it runs once.
public final class JobRun: Sendable {
  public let job: Job
  /// Cancels the run and shows how far its stages are.
  public let handle = FlowHandle()
  public let results: ResultWriter
  private let model: LanguageModel
  private let engine: Engine
  private let ingestProgress: IngestProgress
  private let log = Logger(label: "para")

  /// - Parameter overwrite: Replaces results that the output folder holds.
  /// - Throws: `JobError`, `JobTemplateError`, `ScoringError` or `SearchError` for what is wrong with the job itself;
  ///   `CheckpointError` or `TokenizerError` for the model; `LedgerError` for the output folder.
  public init(_ job: Job, overwrite: Bool = false) throws {
    self.job = job
    ingestProgress = IngestProgress(job.inputs)
    try job.checkPaths()
    _ = try score(job.tasks)
    model = try LanguageModel(job)
    _ = try PromptBuilder(job.tasks, model)
    for input in job.inputs { _ = try input.generation.search(endOfSequence: []) }
    engine = Engine(
      model.decoder,
      options: EngineOptions(
        threads: job.engine.threads, for: model.decoder, maximumLanes: job.engine.maxLanes))
    let (workers, threads) = (engine.options.workers, engine.options.threadsPerWorker)
    log.info("\(model.decoder.parameterCount) parameters, \(workers) workers of \(threads) threads")
    results = try ResultWriter(folder: job.output, overwrite: overwrite)
  }

  /// How far the run is, at this moment.
  public var progress: ProgressSnapshot {
    var snapshot = ProgressSnapshot(handle.statistics)
    snapshot.fractionRead = ingestProgress.fractionRead
    snapshot.promptTokens = results.counts.promptTokens
    snapshot.newTokens = results.counts.generatedTokens
    return snapshot
  }

  /// Runs to the end and writes every file of the output folder.
  ///
  /// - Returns: How many rows and tokens there were.
  /// - Throws: The first error that is about more than a row; `FlowError.cancelled` after `handle.cancel()`.
  @discardableResult
  public func run() throws -> RunCounts {
    let start = Date()
    let stages = try ingest(job.inputs, progress: ingestProgress, log: log)
      .then(tokenize(job.tasks, with: model))
      .then(groupByAdapter(tokens: job.engine.batchTokens))
      .then(prefill(with: engine))
      .then(decode(with: engine, model.tokenizer))
      .then(score(job.tasks))
      .run(into: write(to: results), handle: handle)
    let output = URL(filePath: job.output)
    try JSONOutput.write(ScoreFile(results.scores), to: output.appending(path: "scores.json"))
    let document = try RunDocument(
      job, model: model, engine: engine.options, stages: stages, counts: results.counts,
      start: start)
    try JSONOutput.write(document, to: output.appending(path: "run.json"))
    return results.counts
  }
}

extension Job {
  /// Looks whether the folders and files that the job names are there, before anything is read or
  /// written.
  fileprivate func checkPaths() throws {
    let named =
      [("model", model)] + adapters.map { ("adapter '\($0.name)'", $0.path) }
      + inputs.map { ("input", $0.path) }
    for (what, path) in named where !FileManager.default.fileExists(atPath: path) {
      throw JobError(
        code: .wrongValue, file: file, line: nil,
        message: "the \(what) is said to be at \(path), where there is nothing.")
    }
  }
}
