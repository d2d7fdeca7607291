import Foundation

/// A file that appears under its name only when it is complete.
///
/// Until then it stands beside it with `.partial` appended, and is removed if it is given up.
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

  /// Returns when everything is on the disk.
  func synchronize() throws {
    try flush()
    try file.synchronize()
  }

  /// Gives the file its name, replacing what had it. Call ``synchronize()`` first.
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
