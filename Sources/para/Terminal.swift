import ArgumentParser
import Foundation
import Logging
import ParaJobs
import ParaPipeline

/// What the command line says: answers on standard output, everything else on standard error.
enum Terminal {
  static func print(_ text: String) { write(text + "\n", to: FileHandle.standardOutput) }

  static func printError(_ text: String) { write(text + "\n", to: FileHandle.standardError) }

  /// Without an end of line, at once.
  static func write(_ text: String, to handle: FileHandle = .standardOutput) {
    try? handle.write(contentsOf: Data(text.utf8))
  }

  /// From here on, what the rooms log at this level or above goes to standard error.
  static func log(at level: Logger.Level) {
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
  }

  static func logLevel(_ name: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: name) else {
      let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("There is no log level '\(name)'; known are \(known).")
    }
    return level
  }

  static func byteCount(_ text: String) throws -> Int {
    guard let bytes = Job.byteCount(text) else {
      throw ValidationError("'\(text)' is no size; write one such as 500MB or 8GB.")
    }
    return bytes
  }

  /// Runs a command's body; what it throws is told in a sentence and becomes an exit code.
  static func reporting(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let code as ExitCode {
      throw code
    } catch let error as CocoaError {
      printError("para: \(error.filePath.map { "\($0): " } ?? "")\(error.localizedDescription)")
      throw Outcome.exitCode(for: error)
    } catch {
      printError("para: \(error)")
      throw Outcome.exitCode(for: error)
    }
  }
}
