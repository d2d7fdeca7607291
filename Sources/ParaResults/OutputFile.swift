import Foundation

/// A file that is written to, and read back by offset. Closes with its last reference.
///
/// Every refusal of the system becomes a ``LedgerError`` with the path and the reason.
final class OutputFile: Sendable {
  let path: String
  private let descriptor: Int32

  /// Opens for reading and writing, creating the file if need be.
  init(_ path: String, emptied: Bool = false) throws {
    self.path = path
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | (emptied ? O_TRUNC : 0)
    descriptor = open(path, flags, 0o644)
    if descriptor < 0 { throw LedgerError.system("open", path) }
  }

  deinit { close(descriptor) }

  /// Takes the file for this process alone, until it is closed; false if another has it.
  func lock() throws -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    if errno == EWOULDBLOCK { return false }
    throw LedgerError.system("lock", path)
  }

  /// The file's size in bytes, and whether it still has a name.
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
