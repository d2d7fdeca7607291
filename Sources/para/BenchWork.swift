import ArgumentParser
import Foundation
import ParaAdapters
import ParaBench
import ParaTensors

struct BenchWork: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work",
    abstract: "Time one workload: random prompts of one length, answers of one length.",
    discussion: """
      Answers never end early, so the number of tokens is known beforehand. Prints a line; --json writes the measurements to a \
      file.

      Example:  para bench work models/M --compute-type int8 --num-beams 1
      """)

  @Argument(help: "A model folder, such as `para bench make` writes.")
  var model: String

  @Option(help: "float32, bfloat16 or int8.")
  var computeType = ComputeType.bfloat16

  @Option(
    help:
      "The KV cache's data type: float32, bfloat16 or int8 (default: by the compute type).")
  var kvCacheType: KVCacheType?

  @Option(help: "Beams; 1 is greedy.")
  var numBeams = 3

  @Option(help: "Prompts.")
  var prompts = 64

  @Option(help: "Tokens of each prompt.")
  var promptTokens = 128

  @Option(help: "Tokens of each answer; 1 is prefill alone.")
  var newTokens = 64

  @OptionGroup var threads: ThreadsOption

  @Option(help: "Batches side by side; by default the model's size and the lanes decide.")
  var workers: Int?

  @Option(help: "Lanes (prompts × beams) that run at once.")
  var lanes = 192

  @Flag(help: "One request after the other with all threads, in place of --workers and --lanes.")
  var oneAtATime = false

  @Option(help: "Random adapters on the rows.")
  var adapters = AdapterChoice.none

  @Option(
    help:
      "Kinds of random adapters, such as para,lora, to measure in interleaved A/B runs with the bare model."
  )
  var interleave = CommaSeparated<AdapterChoice>([])

  @Option(help: "How many different adapters.")
  var adapterCount = 64

  @Option(
    help: "Runs, of which the fastest is reported (--interleave: A/B pairs, of which the median).")
  var repeats = 1

  @Option(help: "A file for the measurements, in JSON.")
  var json: String?

  func validate() throws {
    try requireCounts([
      ("--num-beams", numBeams), ("--prompts", prompts), ("--prompt-tokens", promptTokens),
      ("--new-tokens", newTokens), ("--workers", workers ?? 1),
      ("--lanes", lanes), ("--adapter-count", adapterCount), ("--repeats", repeats),
    ])
  }

  func run() throws {
    try Terminal.reporting {
      var workload = Workload()
      workload.prompts = prompts
      workload.promptTokens = promptTokens
      workload.newTokens = newTokens
      workload.beams = numBeams
      workload.compute = computeType
      workload.cache = kvCacheType
      workload.threads = threads.count
      workload.workers = workers
      workload.lanes = lanes
      workload.adapters = adapters.method
      workload.interleaved = interleave.values.compactMap(\.method)
      workload.adapterCount = adapterCount
      if oneAtATime { workload.runOneAtATime() }
      let result = try workload.run(URL(filePath: model), repetitions: repeats)
      Terminal.print(result.description)
      if let json { try result.write(to: URL(filePath: json)) }
    }
  }
}
