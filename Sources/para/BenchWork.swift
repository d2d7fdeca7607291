import ArgumentParser
import Foundation
import ParaAdapters
import ParaBench
import ParaTensors

struct BenchWork: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Time one piece of work: random prompts, answered to a length.",
    discussion: """
      Prompts are of one length and answers never end early, so the work is known beforehand. Prints a line, and with --json \
      writes what was measured into a file.

      Example:  para bench work models/M --compute-type int8 --num-beams 1
      """)

  @Argument(help: "A model folder, such as `para bench make` writes.")
  var model: String

  @Option(help: "float32, bfloat16 or int8.")
  var computeType = ComputeType.bfloat16

  @Option(
    help:
      "The numbers of cached keys and values: float32, bfloat16 or int8 (default: as computed).")
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

  @Option(help: "Random adapters on the rows: none, para, lora, ia3 or bitfit.")
  var adapters = AdapterChoice.none

  @Option(
    help: "Kinds of random adapters, such as para,lora, to measure by turns with the work as it is."
  )
  var byTurns = CommaSeparated<AdapterChoice>([])

  @Option(help: "How many different adapters.")
  var adapterCount = 64

  @Option(help: "Do the work so often and report the fastest.")
  var repeats = 1

  @Option(help: "Where to write the measurements.")
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
      workload.byTurns = byTurns.values.compactMap(\.method)
      workload.adapterCount = adapterCount
      if oneAtATime { workload.runOneAtATime() }
      let result = try workload.run(URL(filePath: model), repetitions: repeats)
      Terminal.print(result.description)
      if let json { try result.write(to: URL(filePath: json)) }
    }
  }
}
