import ArgumentParser
import Foundation
import ParaDecoding
import ParaJobs
import ParaPipeline
import ParaTensors

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer one prompt, to try a model or an adapter.",
    discussion: """
      Example:  para generate fixtures/model --prompt "Problem:\\nTom has 3 apples and buys 4 more. How many now?\\nAnswer:" \
      --adapter fixtures/adapters/math-para

      In the prompt, \\n is a line break. The answer goes to standard output.
      """)

  @Argument(help: "A Hugging Face model folder.")
  var model: String

  @Option(help: "The prompt's text.")
  var prompt: String

  @Option(help: "An adapter's folder.")
  var adapter: String?

  @Option(help: "The most tokens to generate.")
  var maxNewTokens = 64

  @Option(help: "Beams; 1 for greedy search.")
  var numBeams = 3

  @Option(help: "Exponent of the length by which a hypothesis' log-probability is divided.")
  var lengthPenalty = 1.0

  @Option(help: "Compute type: float32, bfloat16 or int8.")
  var computeType = ComputeType.float32

  @OptionGroup var threads: ThreadsOption

  func validate() throws {
    try requireCounts([("--max-new-tokens", maxNewTokens), ("--num-beams", numBeams)])
  }

  func run() throws {
    try Terminal.reporting {
      let name = "adapter"
      let folders = adapter.map { [name: URL(filePath: $0)] } ?? [:]
      let model = try LanguageModel(URL(filePath: model), adapters: folders, compute: computeType)
      let answers = try model.generate(
        prompt.replacing("\\n", with: "\n"), adapter: adapter == nil ? nil : name,
        GenerationSettings(options.or(try model.generationDefaults())),
        threads: threads.count)
      Terminal.print(answers.first?.text ?? "")
    }
  }

  private var options: GenerationOptions {
    var options = GenerationOptions()
    options.numBeams = numBeams
    options.maxNewTokens = maxNewTokens
    options.lengthPenalty = lengthPenalty
    options.doSample = false
    return options
  }
}
