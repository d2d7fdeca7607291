import ArgumentParser
import Dispatch
import Foundation
import Logging
import ParaJobs
import ParaPipeline

/// The output of the command line: results on standard output, everything else on standard error.
enum Terminal {
  static func print(_ text: String) { write(text + "\n", to: FileHandle.standardOutput) }

  static func printError(_ text: String) { write(text + "\n", to: FileHandle.standardError) }

  /// Writes without a line break and without buffering.
  static func write(_ text: String, to handle: FileHandle = .standardOutput) {
    try? handle.write(contentsOf: Data(text.utf8))
  }

  /// Sends log messages of this level and above to standard error.
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
      throw ValidationError("'\(text)' is not a size; write one such as 500MB or 8GB.")
    }
    return bytes
  }

  /// Runs a command's body; prints the error that it throws, and turns it into an exit code.
  static func reporting(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let code as ExitCode {
      throw code
    } catch let error as CocoaError {
      printError("para: \(error.filePath.map { "\($0): " } ?? "")\(error.localizedDescription)")
      throw ExitCode.code(for: error)
    } catch {
      printError("para: \(error)")
      throw ExitCode.code(for: error)
    }
  }
}

/// Calls an action on SIGINT or SIGTERM, so that a run can end in an orderly way. A second signal ends
/// the process.
final class SignalWatch {
  private var sources: [any DispatchSourceSignal] = []

  init(_ action: @escaping @Sendable () -> Void) {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        signal(number, SIG_DFL)
        action()
      }
      source.resume()
      sources.append(source)
    }
  }

  func stop() {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
}
