import Foundation

/// Why results could not be stored or written.
public struct LedgerError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The folder holds the results of a finished run.
    case resultsExist
    /// The folder holds the ledger of a run that did not finish.
    case unfinishedRun
    /// The folder holds no ledger to continue.
    case noLedger
    /// Another process is writing there.
    case inUse
    /// A row was completed a second time.
    case doubleRow
    /// A row was never completed.
    case missingRow
    /// A row was completed that the job does not have.
    case unknownRow
    /// A result is more than one line.
    case severalLines
    /// What was read back is not what was written.
    case damaged
    /// The operating system refused; the message ends in its reason.
    case system
  }

  public let code: Code
  public let message: String

  public var description: String { message }
}

extension LedgerError {
  static func resultsExist(_ folder: String) -> LedgerError {
    LedgerError(
      code: .resultsExist,
      message: """
        The output folder '\(folder)' already holds results; choose another output, or replace them \
        with --overwrite.
        """)
  }

  static func unfinishedRun(_ folder: String) -> LedgerError {
    LedgerError(
      code: .unfinishedRun,
      message: """
        The output folder '\(folder)' holds a run that did not finish; choose another output, or \
        discard that run with --overwrite.
        """)
  }

  static func noLedger(_ folder: String) -> LedgerError {
    LedgerError(
      code: .noLedger,
      message: "The output folder '\(folder)' holds no unfinished run; start a new one.")
  }

  static func inUse(_ path: String) -> LedgerError {
    LedgerError(
      code: .inUse,
      message: "Another run is writing to '\(path)'; wait for its end or choose another output.")
  }

  static func doubleRow(_ row: Int, _ path: String) -> LedgerError {
    LedgerError(
      code: .doubleRow, message: "Row \(row) was completed twice; '\(path)' keeps the first.")
  }

  static func missingRows(first row: Int, count: Int, of total: Int, _ path: String) -> LedgerError
  {
    LedgerError(
      code: .missingRow,
      message: """
        Row \(row) is missing from '\(path)', as the first of \(count) of the job's \(total) \
        rows; run the job again with --overwrite.
        """)
  }

  static func unknownRow(_ row: Int, total: Int, _ path: String) -> LedgerError {
    LedgerError(
      code: .unknownRow,
      message: "Row \(row) is in '\(path)', but the job has only \(total) rows, from 0.")
  }

  static func severalLines(row: Int) -> LedgerError {
    LedgerError(
      code: .severalLines,
      message: "The result of row \(row) holds a line break; a result must be one line of JSON.")
  }

  static func damaged(_ path: String, offset: Int) -> LedgerError {
    LedgerError(
      code: .damaged,
      message: """
        The record at byte \(offset) of '\(path)' is damaged; check the disk, and run the job again \
        with --overwrite.
        """)
  }

  /// `action` is what was tried: "write to", "open".
  static func system(_ action: String, _ path: String, errno code: Int32 = errno) -> LedgerError {
    LedgerError(
      code: .system,
      message: "Cannot \(action) '\(path)': \(String(cString: strerror(code))).")
  }
}
