import ArgumentParser
import Foundation

/// Parses and runs a command. Usage errors exit with 2, where swift-argument-parser would choose 64.
@main
enum Main {
  static func main() {
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
