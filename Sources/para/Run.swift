import ArgumentParser
import Foundation
import Logging
import ParaPipeline
import ParaReports
import ParaTensors

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a job: read the inputs, generate, score, write the results.",
    discussion: """
      The job file names the model, the adapters, the tasks, the input files and the output folder; relative paths in it \
      start from its own folder. pipelines/quickstart.yaml is a commented example.

      Example:  para run pipelines/quickstart.yaml

      Writes into the output folder: predictions.jsonl and errors.jsonl (together every input row exactly once, in input \
      order), scores.json and run.json. Progress goes to standard error, the score table to standard output. A run that \
      is stopped writes no results; run it again with --overwrite.
      """)

  @Argument(help: "The job file (YAML).")
  var job: String

  @Option(
    help: "Compute type (float32, bfloat16, int8); overrides the job file.")
  var computeType: ComputeType?

  @Option(
    help: "Memory limit of the process, such as 8GB; overrides the job file.",
    transform: Terminal.byteCount)
  var memory: Int?

  @Option(help: "The output folder; overrides the job file.")
  var output: String?

  @Flag(help: "Replace the results, or discard the unfinished run, that the output folder holds.")
  var overwrite = false

  @Option(
    help: "Log level on standard error: error, warning, notice, info or debug.",
    transform: Terminal.logLevel)
  var logLevel = Logger.Level.notice

  func run() throws {
    try Terminal.reporting {
      Terminal.log(at: logLevel)
      var job = try Job(contentsOf: job)
      if let computeType { job.engine.computeType = computeType }
      if let memory { job.engine.memory = memory }
      if let output { job.output = URL(filePath: output).path }
      let run = try JobRun(job, overwrite: overwrite)
      let counts = try watched(run)
      let table = try ScoreTable(run.results.scores).description
      if !table.isEmpty { Terminal.print(table) }
      Terminal.print(
        "\(counts.predicted) rows answered, \(counts.failed) failed; results in \(run.job.output)")
      if counts.failed > 0 {
        Terminal.printError(
          "para: \(counts.failed) rows failed; \(run.job.output)/errors.jsonl says why.")
        throw ExitCode.rowsFailed
      }
    }
  }

  /// Runs with progress on standard error; SIGINT and SIGTERM end the run in an orderly way.
  private func watched(_ run: JobRun) throws -> RunCounts {
    let signals = SignalWatch { run.handle.cancel() }
    defer { signals.stop() }
    let progress = ProgressReporter { run.progress }
    defer { progress.finish() }
    return try run.run()
  }
}
