import ArgumentParser
import Foundation
import ParaBench
import ParaTensors
import Synchronization

struct BenchTable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Measure the machine's limits and a table of benchmarks against them.",
    discussion: """
      64 random prompts of 128 tokens and 64 new tokens each, on models with random weights. Each benchmark runs in a separate \
      process; the fastest of several runs counts. Prints for each benchmark tokens/s, utilisation (the roofline's time at the \
      measured limits over the time taken) and peak memory.

      Rows: beam3, greedy, prefill (bf16 and int8; S in fp32 too); single (one request at a time on the largest model, \
      int8; above 100 % where it fits into the processor's caches); adapters (64 different ones of each kind, interleaved with \
      the bare model, M, bf16, beam 3); start-up (to the first token, of warm files, largest model); scaling (smallest model).
      Sweeps, on M in bf16: beams (1 to 8), lanes (1 to 512), lengths (16 to 4,096 prompt tokens); 7B (int8, beam 3, every kind \
      of adapter; its model takes 13.5 GB on disk, its rows 8 GB of memory).

      Rows of one model or one compute type take the nearest of those that --models and --compute-types name.

      Example:  para bench --models S,M --rows beam3,greedy --models-folder models --json bench.json
                para bench --rows scaling --scaling 64,640,6400,64000
                para bench --rows none --sweeps beams,7B

      Exit codes: 0 done, 1 failed, 2 usage, 3 done, but some rows failed.
      """)

  @Option(help: "Sizes, separated by commas.")
  var models = CommaSeparated<BenchModel>([.small, .medium, .large])

  @Option(help: "Compute types; by default the table's.")
  var computeTypes: CommaSeparated<ComputeType>?

  @Option(help: "Rows to measure; none measures the limits alone.")
  var rows = CommaSeparated(BenchPlan.Kind.allCases)

  @Option(help: "Sweeps to measure.")
  var sweeps = CommaSeparated<BenchPlan.Sweep>([])

  @Option(help: "Prompts of the rows of scaling.")
  var scaling = CommaSeparated([64, 640, 6_400])

  @Option(
    help:
      "The models' folder; missing models are written. By default a temporary folder, which is removed."
  )
  var modelsFolder: String?

  @Option(help: "Runs of a row, of which the fastest counts (adapters: pairs, the median).")
  var repeats = 3

  @OptionGroup var threads: ThreadsOption

  @Option(help: "Where to write the measurements, after each row.")
  var json: String?

  func validate() throws {
    try requireCounts([
      ("--repeats", repeats), ("--scaling", scaling.values.min() ?? 1),
    ])
  }

  func run() throws {
    try Terminal.reporting {
      guard let executable = Bundle.main.executableURL else {
        throw ValidationError("The system does not report where this program is.")
      }
      let models =
        modelsFolder.map { URL(filePath: $0) }
        ?? FileManager.default.temporaryDirectory.appending(path: "para-bench-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
      defer { if modelsFolder == nil { try? FileManager.default.removeItem(at: models) } }
      Terminal.printError("Measuring the machine's limits")
      var report = BenchReport(Machine.measure(threads: threads.count))
      // Before the benchmarks, so that an unwritable path fails early.
      if let json { try report.write(to: URL(filePath: json)) }
      let isStopped = Atomic(false)
      let signals = SignalWatch { isStopped.store(true, ordering: .relaxed) }
      defer { signals.stop() }
      let benchmarks = plan.makeBenchmarks()
      for (index, benchmark) in benchmarks.enumerated() where !isStopped.load(ordering: .relaxed) {
        Terminal.printError("\(index + 1) of \(benchmarks.count): \(benchmark)")
        report.measurements.append(
          BenchmarkMeasurement(benchmark, on: report.machine) {
            try benchmark.run(executable, models: models)
          })
        if let json { try report.write(to: URL(filePath: json)) }
      }
      Terminal.print(report.description)
      if report.measurements.contains(where: { $0.error != nil }) { throw ExitCode.rowsFailed }
      if isStopped.load(ordering: .relaxed) { throw ExitCode.failure }
    }
  }

  private var plan: BenchPlan {
    var plan = BenchPlan()
    plan.models = models.values
    plan.computeTypes = computeTypes?.values
    plan.kinds = rows.values
    plan.sweeps = sweeps.values
    plan.scaling = scaling.values
    plan.threads = threads.count
    plan.repeats = repeats
    return plan
  }
}
