import ArgumentParser
import Foundation
import ParaDecoding
import ParaInspection
import ParaJobs
import ParaPipeline
import ParaPrompts
import ParaScoring
import ParaTensors

/// Parses and runs a command. Usage errors exit with 2, where swift-argument-parser would choose 64.
@main
enum Main {
  static func main() {
    if let name = Kernels.unavailableRequest {
      Terminal.printError(
        "para: PARA_ISA asks for the instruction set '\(name)', which this program or processor does not have; "
          + "there are \(Kernels.available.joined(separator: ", ")).")
      exit(ExitCode.badJob.rawValue)
    }
    do {
      var command = try Para.parseAsRoot()
      try command.run()
    } catch {
      guard Para.exitCode(for: error) == .validationFailure else { Para.exit(withError: error) }
      Terminal.printError(Para.fullMessage(for: error))
      exit(ExitCode.badJob.rawValue)
    }
  }
}

struct Para: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "para",
    abstract: "Offline batch inference with many tenants' adapters, on CPUs.",
    discussion: """
      para reads prompt files (JSON Lines, JSON or XML, plain, compressed or in archives), runs them through one \
      decoder-only language model with any mixture of PARA, LoRA, (IA)³ and BitFit adapters, decodes by batched beam \
      search, greedy search or sampling, scores against references, and writes the results in input order, each row \
      exactly once.

      A job file (YAML) names all of this; pipelines/quickstart.yaml is a commented one. To begin:

        para inspect fixtures/model                        what a model, tokenizer, adapter or input file is
        para generate fixtures/model --prompt "Hello"      answer one prompt
        para tokenize --model fixtures/model "Hello"       a text's tokens and their ids
        para plan pipelines/quickstart.yaml                how much memory a job needs
        para run pipelines/quickstart.yaml                 run it: predictions, errors, scores

      `para help COMMAND` explains a command, with an example.

      Exit codes: 0 success, 1 failure, 2 usage or a job file that cannot be run as it is, 3 finished, but some rows \
      failed (see errors.jsonl).
      """,
    version: Version.current,
    subcommands: [
      Run.self, Plan.self, Generate.self, Tokenize.self, Inspect.self, Convert.self, Bench.self,
      VerifyInvariance.self,
    ])
}

extension ExitCode {
  /// Usage, or a job file that cannot be run as it is.
  static let badJob = ExitCode(2)
  /// Finished, but some rows failed.
  static let rowsFailed = ExitCode(3)

  /// The exit code for an error: 2 if the command or the job file has to change, otherwise 1.
  static func code(for error: any Error) -> ExitCode {
    switch error {
    case is JobError, is ScoringError, is SearchError, is ValidationError,
      is InspectionError, is MemoryError, is ChatTemplateError:
      .badJob
    default: .failure
    }
  }
}
