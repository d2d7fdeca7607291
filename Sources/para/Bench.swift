import ArgumentParser

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the engine on made-up work.",
    discussion: """
      Without a subcommand, measures what the machine can do at most, then a table of work against it (`para bench table \
      --help` says what it can be asked for).

      Example:  para bench --json bench.json
                para bench --models S,M --rows beam3,greedy --models-folder models
                para bench work models/M --compute-type bfloat16 --num-beams 3
      """,
    subcommands: [BenchTable.self, BenchMake.self, BenchWork.self],
    defaultSubcommand: BenchTable.self)
}
