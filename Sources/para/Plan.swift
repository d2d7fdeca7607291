import ArgumentParser
import ParaJobs
import ParaPipeline
import ParaTensors

struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell how much memory a job will take, without running it.",
    discussion: """
      Loads the model, looks at the first rows of each input, and prints the computed peak by what takes it, with the lanes \
      and batch tokens that fit into the job's memory. It is an upper bound where answers end before max_new_tokens.

      Example:  para plan pipelines/quickstart.yaml --memory 2GB

      Exit codes: 0 the job fits, 1 a file cannot be used, 2 a bad job file, or the job does not fit.
      """)

  @Argument(help: "The job file (YAML).")
  var job: String

  @Option(
    help: "The numbers that products run on, float32, bfloat16 or int8, in place of the job's.")
  var computeType: ComputeType?

  @Option(
    help: "What the process may take, such as 8GB, in place of the job's.",
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
