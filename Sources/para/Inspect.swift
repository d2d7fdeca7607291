import ArgumentParser
import ParaInspection
import ParaPipeline

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a file or folder is, its size, and whether it fits a model.",
    discussion: """
      Inspects a model folder, a tokenizer (folder or file), an adapter folder, a folder of adapter folders, or a file of \
      records (JSON Lines, JSON, XML, compressed or in an archive), and prints what it is, its sizes and counts, and the \
      SHA-256 by which results identify it.

      Example:  para inspect fixtures/adapters/squad-para --model fixtures/model

      Exit codes: 0 success, 1 it cannot be used or does not fit the model (and why; with --json, the key "usable" is false \
      and "problem" says why), 2 the path is none of these.
      """)

  @Argument(help: "The file or folder to inspect.")
  var path: String

  @Option(help: "A model folder to check the adapter or tokenizer against.")
  var model: String?

  @Flag(help: "Print one JSON object instead of text.")
  var json = false

  func run() throws {
    try Terminal.reporting {
      let inspection = try inspect()
      Terminal.print(json ? try inspection.json() : inspection.text)
      if inspection.problem != nil { throw ExitCode.failure }
    }
  }

  private func inspect() throws -> Inspection {
    do {
      return try Inspection(path, against: model)
    } catch {
      if json { Terminal.print(try Inspection.json(path, refusedBy: error)) }
      throw error
    }
  }
}
