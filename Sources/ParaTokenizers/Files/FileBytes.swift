internal import Foundation
internal import ParaJSON

/// Reads whole files.
enum FileBytes {
  /// Larger files are refused; the largest tokenizers in use have some 30 MB.
  static let maximumSize = 1 << 30

  /// - Throws: `TokenizerError` of code `unreadable`, with the system's reason.
  static func read(_ file: URL) throws -> [UInt8] {
    let data: Data
    do { data = try Data(contentsOf: file) } catch {
      throw TokenizerError(
        .unreadable, "cannot be read: \(error.localizedDescription)", file: file.path)
    }
    guard data.count <= maximumSize else {
      throw TokenizerError(
        .malformed, "has \(data.count) bytes; expected at most \(maximumSize)", file: file.path)
    }
    return Array(data)
  }

  static func json(_ file: URL) throws -> JSONNode {
    try JSONNode(parsing: try read(file), file: file.path, duplicateKeys: .kept)
  }

  static func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }
}
