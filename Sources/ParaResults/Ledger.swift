import Foundation
import Synchronization

/// A log of a run's results, appended in the order in which rows complete and written out in row
/// order at the end.
///
/// Each completed row is appended to `<folder>/ledger` at once, so that a process that is killed
/// loses only the rows in progress; ``reopen(in:)`` opens such a ledger. Memory use is eight bytes a
/// row. ``finish(rows:)`` writes `predictions.jsonl` and `errors.jsonl` and removes the ledger. An
/// open ledger is locked against other processes.
///
/// A ledger may be used by several threads.
public final class Ledger: Sendable {
  /// Which of the two result files a row belongs to.
  public enum Destination: Sendable {
    case predictions
    case errors

    var kind: LedgerRecord.Kind { self == .predictions ? .prediction : .error }
  }

  /// What an output folder holds.
  public enum Contents: Sendable {
    case nothing
    case unfinishedRun
    case results
  }

  struct State {
    var index = LedgerIndex()
    var size = 0
    var isFinished = false
  }

  /// The first bytes of the start record, and with it of every ledger.
  static let signature = Array("para ledger 1\n".utf8)

  /// What the results depend on, as given to ``create(in:identity:overwrite:)``.
  public let identity: [UInt8]
  let folder: OutputFolder
  let file: OutputFile
  let state: Mutex<State>

  init(folder: OutputFolder, file: OutputFile, identity: [UInt8], state: State) {
    self.folder = folder
    self.file = file
    self.identity = identity
    self.state = Mutex(state)
  }

  /// Starts a new ledger; creates the folder if it does not exist.
  ///
  /// - Parameters:
  ///   - folder: The output folder's path.
  ///   - identity: What the results depend on (hashes, settings), in any form; to be compared before
  ///     a reopened run continues.
  ///   - overwrite: Discards an unfinished run, and lets ``finish(rows:)`` replace existing results,
  ///     which stay until then.
  /// - Returns: A ledger without rows.
  /// - Throws: ``LedgerError``: `resultsExist`, `unfinishedRun`, `inUse` or `system`.
  public static func create(
    in folder: String, identity: [UInt8] = [], overwrite: Bool = false
  ) throws -> Ledger {
    let folder = OutputFolder(path: folder)
    try folder.create()
    let file = try openLocked(folder.ledger)
    if !overwrite {
      if try startRecord(of: file) != nil { throw LedgerError.unfinishedRun(folder.path) }
      if folder.hasResults {
        unlink(file.path)  // created by opening it
        throw LedgerError.resultsExist(folder.path)
      }
    }
    if try file.status().size > 0 { try file.truncate(to: 0) }
    let bytes = signature + identity
    let start = LedgerRecord(row: 0, kind: .start, bytes: bytes)
    try file.write(start.header + bytes, at: 0)
    return Ledger(folder: folder, file: file, identity: identity, state: State(size: start.size))
  }

  /// How many rows are complete.
  public var count: Int { state.withLock(\.index.count) }

  /// Whether `row` is complete.
  public func contains(_ row: Int) -> Bool { state.withLock { $0.index[row] != nil } }

  /// Appends one row's result. Once this returns, the result survives a kill of the process.
  ///
  /// - Parameters:
  ///   - line: One line of JSON, without its line break.
  ///   - row: The row's number, from 0.
  ///   - destination: The result file that it belongs to.
  /// - Throws: ``LedgerError``: `doubleRow`, `severalLines`, or `system` when the disk is full.
  public func append(_ line: [UInt8], row: Int, to destination: Destination) throws {
    precondition(row >= 0, "Rows are numbered from 0.")
    guard !line.contains(UInt8(ascii: "\n")) else { throw LedgerError.severalLines(row: row) }
    let record = LedgerRecord(row: row, kind: destination.kind, bytes: line)
    let bytes = record.header + line
    try state.withLock { state in
      precondition(!state.isFinished, "The ledger is finished.")
      guard state.index[row] == nil else { throw LedgerError.doubleRow(row, file.path) }
      try file.write(bytes, at: state.size)
      _ = state.index.insert(row, at: state.size)
      state.size += bytes.count
    }
  }
}
