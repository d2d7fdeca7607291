import Foundation
import ParaArchives
import ParaTestSupport

/// The members and errors of an archive that is read to its end.
struct Contents {
  var members: [(member: Member, data: Data)] = []
  var errors: [ArchiveError] = []

  var text: String { members.map { String(decoding: $0.data, as: UTF8.self) }.joined() }
  var names: [String?] { members.map(\.member.name) }

  /// Reads a file to its end, at most `bufferSize` bytes at a time.
  init(of file: URL, limits: ArchiveLimits = ArchiveLimits(), bufferSize: Int = 4096) throws {
    var archive = try ArchiveReader(file, limits: limits)
    while true {
      do {
        guard let member = try archive.nextMember() else { return }
        members.append((member, Data()))
        while case let bytes = try archive.read(count: bufferSize), !bytes.isEmpty {
          members[members.count - 1].data += bytes
        }
      } catch let error as ArchiveError {
        errors.append(error)
        if error.endsContainer { return }
      }
    }
  }

  /// Writes the bytes to a file whose name has no extension, and reads it.
  init(
    of data: Data, in folder: TemporaryFolder, limits: ArchiveLimits = ArchiveLimits(),
    bufferSize: Int = 4096
  ) throws {
    let file = try folder.write(data, to: "file")
    try self.init(of: file, limits: limits, bufferSize: bufferSize)
  }
}

extension ArchiveReader {
  func read(count: Int) throws -> Data {
    var data = Data(count: count)
    let read = try data.withUnsafeMutableBytes { buffer throws in try self.read(into: buffer) }
    return data.prefix(read)
  }
}
