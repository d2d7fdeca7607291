import ArgumentParser
import ParaInspection
import ParaPipeline

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what a file or folder is, how large, and whether it fits a model.",
    discussion: """
      Looks at a model folder, a tokenizer (folder or file), an adapter folder, a folder of adapter folders, or a file of \
      records (JSONL, JSON, XML, compressed or in an archive), and prints what it is, sizes, counts and the SHA-256 that \
      results name it by.

      Example:  para inspect fixtures/adapters/squad-para --model fixtures/model

      Exit codes: 0 told, 1 it cannot be used or does not fit the model (and why), 2 the path is nothing known.
      """)

  @Argument(help: "What to look at.")
  var path: String

  @Option(help: "A model folder: says whether the adapter or tokenizer fits it, and why not.")
  var model: String?

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  func run() throws {
    try Terminal.reporting {
      let inspection = try Inspection(path, against: model)
      Terminal.print(json ? try inspection.json() : inspection.text)
      if inspection.fits == false { throw ExitCode.failure }
    }
  }
}
