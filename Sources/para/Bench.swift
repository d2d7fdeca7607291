import ArgumentParser

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the engine on synthetic workloads.",
    discussion: """
      Without a subcommand, measures the machine's limits, then a table of benchmarks against them (options: `para bench table \
      --help`).

      Example:  para bench --json bench.json
                para bench --models S,M --rows beam3,greedy --models-folder models
                para bench work models/M --compute-type bfloat16 --num-beams 3
      """,
    subcommands: [BenchTable.self, BenchMake.self, BenchWork.self],
    defaultSubcommand: BenchTable.self)
}
