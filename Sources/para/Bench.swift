import ArgumentParser
import Foundation
import ParaBench

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

struct BenchMake: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make", abstract: "Write a model folder of random weights.",
    discussion: """
      Sizes: S (15 million parameters), M (110 million), L (1.1 billion, TinyLlama's shape), 7B (Llama 2 7B's shape). The folder \
      holds config.json and bf16 weights, and no tokenizer.

      Example:  para bench make L models/L
      """)

  @Argument(help: "S, M, L or 7B.")
  var size: BenchModel

  @Argument(help: "The folder to write; it is made where it does not exist.")
  var folder: String

  func run() throws {
    try Terminal.reporting { try size.write(to: URL(filePath: folder)) }
  }
}
