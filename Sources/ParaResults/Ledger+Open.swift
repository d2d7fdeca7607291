extension Ledger {
  /// What `folder` holds; a folder that is not there holds nothing.
  ///
  /// An unfinished run counts before results, for those are what it was to replace, or what it had
  /// begun to publish when it was killed.
  ///
  /// - Throws: ``LedgerError``: `inUse` or `system`.
  public static func contents(of folder: String) throws -> Contents {
    let folder = OutputFolder(path: folder)
    if folder.hasLedger, try startRecord(of: openLocked(folder.ledger)) != nil {
      return .unfinishedRun
    }
    return folder.hasResults ? .results : .nothing
  }

  /// Takes up the ledger of a run that did not finish.
  ///
  /// A record that is torn or damaged is cut off with all behind it, and its rows are to be run
  /// again; ask ``contains(_:)`` for those that are not. Compare ``identity`` before going on.
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

  /// Opens the ledger's file, and takes it for this process alone.
  static func openLocked(_ path: String) throws -> OutputFile {
    while true {
      let file = try OutputFile(path)
      guard try file.lock() else { throw LedgerError.inUse(path) }
      // A run that finished between the opening and the locking has removed the file.
      if try file.status().isLinked { return file }
    }
  }

  /// The start record; nil if the file does not begin with a whole one.
  static func startRecord(of file: OutputFile) throws -> (LedgerRecord, [UInt8])? {
    let found = try record(of: file, at: 0, fileSize: file.status().size)
    guard let (start, bytes) = found, start.kind == .start, bytes.starts(with: signature) else {
      return nil
    }
    return (start, bytes)
  }

  /// The record at `offset` with its bytes; nil if no whole record stands there.
  static func record(
    of file: OutputFile, at offset: Int, fileSize: Int
  ) throws -> (LedgerRecord, [UInt8])? {
    guard fileSize - offset >= LedgerRecord.headSize,
      let record = LedgerRecord(head: try file.read(LedgerRecord.headSize, at: offset)),
      record.length <= fileSize - offset - LedgerRecord.headSize
    else { return nil }
    let bytes = try file.read(record.length, at: offset + LedgerRecord.headSize)
    return record.matches(bytes) ? (record, bytes) : nil
  }
}
