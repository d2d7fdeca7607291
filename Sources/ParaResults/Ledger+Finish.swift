import Foundation
import Synchronization

extension Ledger {
  /// Writes `predictions.jsonl` and `errors.jsonl`, both in row order, and removes the ledger.
  ///
  /// The files appear under their names only when both are complete and on the disk. If this
  /// throws, or the process is killed meanwhile, the ledger is still there and can be finished.
  ///
  /// - Parameter rows: How many rows the job has; by default the greatest row number plus one.
  /// - Throws: ``LedgerError``: `missingRow`, `unknownRow`, `damaged` or `system`.
  public func finish(rows: Int? = nil) throws {
    try state.withLock { state in
      precondition(!state.isFinished, "The ledger is finished.")
      let index = state.index
      let total = rows ?? index.end
      try check(index, total: total)

      let predictions = try ResultFile(folder.predictions)
      let errors = try ResultFile(folder.errors)
      for row in 0..<total {
        let (kind, line) = try result(of: row, in: index, fileSize: state.size)
        try (kind == .prediction ? predictions : errors).append(line: line)
      }
      try predictions.synchronize()
      try errors.synchronize()
      try predictions.publish()
      try errors.publish()
      try folder.synchronize()

      guard unlink(file.path) == 0 else { throw LedgerError.system("remove", file.path) }
      try folder.synchronize()
      state.isFinished = true
    }
  }

  private func check(_ index: LedgerIndex, total: Int) throws {
    if index.end > total {
      throw LedgerError.unknownRow(index.end - 1, total: total, file.path)
    }
    if let row = index.firstMissing(below: total) {
      throw LedgerError.missingRows(
        first: row, count: total - index.count, of: total, file.path)
    }
  }

  private func result(
    of row: Int, in index: LedgerIndex, fileSize: Int
  ) throws -> (LedgerRecord.Kind, [UInt8]) {
    let offset = index[row] ?? 0
    guard let (record, line) = try Self.record(of: file, at: offset, fileSize: fileSize),
      record.row == row, record.kind != .start
    else { throw LedgerError.damaged(file.path, offset: offset) }
    return (record.kind, line)
  }
}

/// A file that appears under its name only when it is complete.
///
/// Until then it is written as `<name>.partial`, which is removed if it is never published.
final class ResultFile {
  private static let bufferSize = 1 << 18

  let path: String
  private let file: OutputFile
  private var buffer: [UInt8] = []
  private var size = 0
  private var isPublished = false

  init(_ path: String) throws {
    self.path = path
    file = try OutputFile(path + ".partial", emptied: true)
  }

  deinit { if !isPublished { unlink(file.path) } }

  func append(line: [UInt8]) throws {
    buffer += line
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Returns when all lines are on the disk.
  func synchronize() throws {
    try flush()
    try file.synchronize()
  }

  /// Renames the file to its name, replacing an older one. Call ``synchronize()`` first.
  func publish() throws {
    guard rename(file.path, path) == 0 else { throw LedgerError.system("rename", file.path) }
    isPublished = true
  }

  private func flush() throws {
    try file.write(buffer, at: size)
    size += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }
}
