import ArgumentParser
import Foundation
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
