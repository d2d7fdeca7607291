import Foundation

/// A file that is written, and read back, by offset. Closed with its last reference.
///
/// Every error of the system becomes a ``LedgerError`` with the path and the reason.
final class OutputFile: Sendable {
  let path: String
  private let descriptor: Int32

  /// Opens for reading and writing; creates the file if it does not exist.
  init(_ path: String, emptied: Bool = false) throws {
    self.path = path
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | (emptied ? O_TRUNC : 0)
    descriptor = open(path, flags, 0o644)
    if descriptor < 0 { throw LedgerError.system("open", path) }
  }

  deinit { close(descriptor) }

  /// Locks the file for this process until it is closed; false if another process holds the lock.
  func lock() throws -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    if errno == EWOULDBLOCK { return false }
    throw LedgerError.system("lock", path)
  }

  /// The file's size in bytes, and whether it still has a name in its folder.
  func status() throws -> (size: Int, isLinked: Bool) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw LedgerError.system("read", path) }
    return (Int(status.st_size), status.st_nlink > 0)
  }

  /// Writes all of `bytes` at `offset`.
  func write(_ bytes: [UInt8], at offset: Int) throws {
    try bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = pwrite(
          descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
          off_t(offset + done))
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw LedgerError.system("write to", path) }
        done += count
      }
    }
  }

  /// Reads `count` bytes at `offset`, or as many as the file has.
  func read(_ count: Int, at offset: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let got = pread(
          descriptor, buffer.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { throw LedgerError.system("read", path) }
        if got == 0 { return }
        done += got
      }
    }
  }

  func truncate(to size: Int) throws {
    guard ftruncate(descriptor, off_t(size)) == 0 else {
      throw LedgerError.system("shorten", path)
    }
  }

  /// Returns when the bytes are on the disk.
  func synchronize() throws {
    guard fsync(descriptor) == 0 else { throw LedgerError.system("write to", path) }
  }
}

/// A run's output folder, and the names of the files in it.
struct OutputFolder {
  let path: String

  var ledger: String { path + "/ledger" }
  var predictions: String { path + "/predictions.jsonl" }
  var errors: String { path + "/errors.jsonl" }

  /// Whether one of the two result files exists.
  var hasResults: Bool { exists(predictions) || exists(errors) }
  var hasLedger: Bool { exists(ledger) }

  /// Creates the folder, and its parents, if they do not exist.
  func create() throws {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      prefix += component + "/"
      if mkdir(prefix, 0o755) != 0, errno != EEXIST {
        throw LedgerError.system("create the folder", prefix)
      }
    }
  }

  /// Returns when the names in the folder are on the disk.
  func synchronize() throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LedgerError.system("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw LedgerError.system("write to", path) }
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
