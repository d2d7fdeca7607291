import ArgumentParser
import ParaJobs
import ParaPipeline
import ParaTensors

struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute how much memory a job needs, without running it.",
    discussion: """
      Loads the model, samples the first rows of each input, and prints the planned peak memory by parts, with the lanes \
      and batch tokens that fit into the memory limit. The plan assumes that every answer reaches max_new_tokens.

      Example:  para plan pipelines/quickstart.yaml --memory 2GB

      Exit codes: 0 the job fits, 1 a file cannot be used, 2 a bad job file, or the job does not fit.
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

  func run() throws {
    try Terminal.reporting {
      var job = try Job(contentsOf: job)
      if let computeType { job.engine.computeType = computeType }
      if let memory { job.engine.memory = memory }
      Terminal.print(try PlannedJob(job).description)
    }
  }
}
