import Foundation
import ParaReports

extension Job {
  /// Reads a job file; paths in it count from the file's own folder.
  ///
  /// - Throws: ``JobError`` for the first thing that is wrong. Whether the files exist that the job
  ///   names is for those to say who open them.
  public init(contentsOf path: String) throws {
    let bytes = try Self.read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JobError(code: .unreadable, file: path, line: nil, message: "not UTF-8 text.")
    }
    try self.init(parsing: text, path: path)
  }

  /// Reads a job from its text, as if it stood in a file at `path`.
  ///
  /// - Throws: ``JobError`` for the first thing that is wrong.
  public init(parsing text: String, path: String) throws {
    try self.init(resolving: JobFile(parsing: text, path: path))
  }

  /// Bytes of a size as job files have it: "500 MB", "2GB"; nil for anything else.
  public static func byteCount(_ text: String) -> Int? { ByteCount(parsing: text)?.bytes }

  private static func read(_ path: String) throws -> [UInt8] {
    func failure() -> JobError {
      JobError(
        code: .unreadable, file: path, line: nil,
        message: "cannot be read: \(String(cString: strerror(errno))).")
    }
    guard let file = fopen(path, "rb") else { throw failure() }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      bytes += chunk.prefix(count)
      if count == 0 { break }
    }
    if ferror(file) != 0 { throw failure() }
    return bytes
  }
}
