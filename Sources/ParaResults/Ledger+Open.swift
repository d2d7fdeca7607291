extension Ledger {
  /// What `folder` holds; nothing if the folder does not exist.
  ///
  /// With both an unfinished run and results it is an unfinished run: the results are older ones that
  /// the run was to replace, or those that it was publishing when it was killed.
  ///
  /// - Throws: ``LedgerError``: `inUse` or `system`.
  public static func contents(of folder: String) throws -> Contents {
    let folder = OutputFolder(path: folder)
    if folder.hasLedger, try startRecord(of: openLocked(folder.ledger)) != nil {
      return .unfinishedRun
    }
    return folder.hasResults ? .results : .nothing
  }

  /// Opens the ledger of a run that did not finish.
  ///
  /// The file is truncated at the first record that is incomplete or damaged; the rows that are not
  /// in the ledger (``contains(_:)``) have to run again. Compare ``identity`` before continuing.
  ///
  /// - Throws: ``LedgerError``: `noLedger`, `inUse` or `system`.
  public static func reopen(in folder: String) throws -> Ledger {
    let folder = OutputFolder(path: folder)
    guard folder.hasLedger else { throw LedgerError.noLedger(folder.path) }
    let file = try openLocked(folder.ledger)
    guard let (start, bytes) = try startRecord(of: file) else {
      throw LedgerError.noLedger(folder.path)
    }
    var state = State(size: start.size)
    let fileSize = try file.status().size
    while let (record, _) = try record(of: file, at: state.size, fileSize: fileSize),
      record.kind != .start, state.index.insert(record.row, at: state.size)
    {
      state.size += record.size
    }
    if state.size < fileSize { try file.truncate(to: state.size) }
    return Ledger(
      folder: folder, file: file, identity: Array(bytes.dropFirst(signature.count)), state: state)
  }

  /// Opens the ledger's file and locks it for this process.
  static func openLocked(_ path: String) throws -> OutputFile {
    while true {
      let file = try OutputFile(path)
      guard try file.lock() else { throw LedgerError.inUse(path) }
      // Another run may have finished, and removed the file, between opening and locking it.
      if try file.status().isLinked { return file }
    }
  }

  /// The start record; nil if the file does not begin with a complete one.
  static func startRecord(of file: OutputFile) throws -> (LedgerRecord, [UInt8])? {
    let found = try record(of: file, at: 0, fileSize: file.status().size)
    guard let (start, bytes) = found, start.kind == .start, bytes.starts(with: signature) else {
      return nil
    }
    return (start, bytes)
  }

  /// The record at `offset` with its bytes; nil if there is no complete one.
  static func record(
    of file: OutputFile, at offset: Int, fileSize: Int
  ) throws -> (LedgerRecord, [UInt8])? {
    guard fileSize - offset >= LedgerRecord.headerSize,
      let record = LedgerRecord(header: try file.read(LedgerRecord.headerSize, at: offset)),
      record.length <= fileSize - offset - LedgerRecord.headerSize
    else { return nil }
    let bytes = try file.read(record.length, at: offset + LedgerRecord.headerSize)
    return record.matches(bytes) ? (record, bytes) : nil
  }
}
