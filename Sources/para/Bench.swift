import ArgumentParser

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the engine on made-up work.",
    discussion: """
      Example:  para bench make M models/M
                para bench work models/M --compute-type bfloat16 --num-beams 3
      """,
    subcommands: [BenchMake.self, BenchWork.self])
}
