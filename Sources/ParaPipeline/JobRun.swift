import Foundation
import Logging
import ParaEngine
public import ParaFlow
import ParaIngest
public import ParaJobs
import ParaModel
import ParaReports
import ParaResults
import ParaTensors

/// One run of a job: everything that the job names is opened and checked first, and the first rows of
/// each input are tokenized for the memory plan (``PlannedJob``); then ``run()`` reads and answers all rows.
public final class JobRun: Sendable {
  public let job: Job
  /// Cancels the run and shows its stages' progress.
  public let handle = FlowHandle()
  public let results: ResultWriter
  /// The run's memory plan.
  public let planned: PlannedJob
  private let engine: Engine
  private let ingestProgress: IngestProgress
  private let log = Logger(label: "para")

  /// - Parameter overwrite: Replaces results that the output folder holds.
  /// - Throws: As `PlannedJob` does; `LedgerError` for the output folder.
  public init(_ job: Job, overwrite: Bool = false) throws {
    self.job = job
    ingestProgress = IngestProgress(job.inputs)
    planned = try PlannedJob(job)
    let (decoder, options) = (planned.model.decoder, planned.plan.options)
    engine = Engine(decoder, plan: planned.plan, limit: planned.limit)
    log.info(
      """
      \(decoder.parameterCount) parameters, \(options.workers) workers of \(options.threadsPerWorker) threads; memory \
      \(ByteCount(planned.peak).text) of \(ByteCount(planned.limit).text)
      """)
    if let lowered = planned.lowered { log.notice("\(lowered)") }
    results = try ResultWriter(folder: job.output, overwrite: overwrite)
    handle.whenOver { [engine] in engine.stopAdmitting() }
  }

  /// The run's progress at this moment.
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
  /// - Throws: The first error that concerns more than a row; `FlowError.cancelled` after
  ///   `handle.cancel()`.
  @discardableResult
  public func run() throws -> RunCounts {
    let start = Date()
    let model = planned.model
    let stages = try ingest(job, progress: ingestProgress, log: log)
      .then(tokenize(job, with: model))
      .then(
        groupByAdapter(
          tokens: engine.options.batchTokens, workers: engine.options.workers)
      )
      .then(prefill(with: engine))
      .then(decode(with: engine, model.tokenizer))
      .then(score(job.tasks))
      .run(into: write(to: results), handle: handle)
    // The documents read whole files again for their hashes; release the rows' memory first.
    ProcessMemory.release()
    let output = URL(filePath: job.output)
    try JSONOutput.write(try ScoreFile(results.scores), to: output.appending(path: "scores.json"))
    let document = try RunDocument(
      planned, stages: stages, counts: results.counts, start: start)
    try JSONOutput.write(document, to: output.appending(path: "run.json"))
    return results.counts
  }
}
