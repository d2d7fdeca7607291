import ArgumentParser
import Foundation
import ParaPipeline

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Convert a model of another format to a Hugging Face model folder.",
    subcommands: [Llama2C.self])

  struct Llama2C: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "llama2c",
      abstract: "Convert a llama2.c checkpoint and its tokenizer.",
      discussion: """
        Example:  para convert llama2c stories260K.bin --tokenizer tok512.bin --output stories260K

        The checkpoint may be of version 0, 1 or 2 (int8, which is converted to fp32) of llama2.c's export.py.

        Writes config.json, model.safetensors (fp32) and tokenizer.model into the output folder.
        """)

    @Argument(help: "The checkpoint (.bin).")
    var checkpoint: String

    @Option(help: "The tokenizer (tokenizer.bin of llama2.c).")
    var tokenizer: String

    @Option(help: "The folder to write into; created if it does not exist.")
    var output: String

    func run() throws {
      try Terminal.reporting {
        try LanguageModel.convertLlama2C(
          URL(filePath: checkpoint), tokenizer: URL(filePath: tokenizer),
          into: URL(filePath: output))
        Terminal.print("Model folder: \(output)")
      }
    }
  }
}
