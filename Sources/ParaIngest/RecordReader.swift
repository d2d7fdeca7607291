internal import Foundation
internal import ParaArchives

/// Reads the records of one file, one after another.
///
/// The file may be JSON Lines, a JSON document or XML, plain, compressed or in an archive, which is
/// detected from the content. Of an archive, those members are read whose content is of a known format
/// (of `format`, if that is given), or, if a pattern for members is given, exactly those whose name
/// matches it. Folders, links, devices, and metadata of macOS (`__MACOSX`, `._*`) are never read.
///
///     var reader = try RecordReader(InputFile(url))
///     while let row = reader.next() {
///       switch row {
///       case .success(let record): …
///       case .failure(let error): …  // one bad row, with its provenance; reading goes on
///       }
///     }
///
/// Memory is bounded by the limits of the input, whatever the size of the file. Copies share one stream.
/// Not safe to use from two threads at once.
public struct RecordReader {
  /// The number of skipped members that are kept by name.
  public static let skippedMembersKept = 1000

  /// The archive members skipped so far: the first thousand of them.
  public private(set) var skippedMembers: [SkippedMember] = []
  /// The number of archive members skipped so far.
  public private(set) var skippedMemberCount = 0

  let input: InputFile
  let pattern: Glob?
  let file: Provenance
  var archive: ArchiveReader
  /// The current member, or the file.
  var place: Provenance
  var source: (any RecordSource)?
  /// Whether any member was read or failed.
  var foundContent = false
  var isAtEnd = false
  private var remaining: Int

  /// Opens the file.
  ///
  /// - Throws: `IngestError` with the code `unreadable` if the file does not exist, is a folder or may not
  ///   be read, and `invalidPattern` if `members` or `records` is malformed. Errors inside the file are
  ///   returned by `next`.
  public init(_ input: InputFile) throws(IngestError) {
    self.input = input
    file = Provenance(file: input.url.relativePath)
    place = file
    pattern = try Self.pattern(input, file)
    remaining = input.limit ?? .max
    let limits = ArchiveLimits(
      memberBytes: input.limits.memberBytes, ratio: input.limits.compressionRatio)
    do {
      archive = try ArchiveReader(input.url, limits: limits)
    } catch {
      throw IngestError(error, at: file)
    }
  }

  /// The bytes of the file consumed so far, before decompression, to the nearest block.
  public var consumedBytes: Int { archive.consumedBytes }

  /// The next row: a record, or why it cannot be read; nil at the end.
  ///
  /// A row or member that cannot be read is one failure, after which reading continues. A file that is
  /// truncated, damaged or a decompression bomb is one failure at the position reached, and then the
  /// end.
  public mutating func next() -> Result<Record, IngestError>? {
    while !isAtEnd, remaining > 0 {
      do {
        if let row = try source?.next() {
          if case .success = row { remaining -= 1 }
          return row
        }
        source = nil
        if let failure = try openNextMember() { return .failure(failure) }
      } catch {
        defer { source = nil }
        isAtEnd = error.endsContainer
        foundContent = true
        return .failure(IngestError(error, at: source?.provenance ?? place))
      }
    }
    return nil
  }

  mutating func skip(_ name: String, _ reason: SkippedMember.Reason) {
    skippedMemberCount += 1
    if skippedMembers.count < Self.skippedMembersKept {
      skippedMembers.append(SkippedMember(name: name, reason: reason))
    }
  }

  private static func pattern(_ input: InputFile, _ file: Provenance) throws(IngestError) -> Glob? {
    if let records = input.records, records.split(separator: ".").isEmpty {
      throw IngestError(
        code: .invalidPattern, message: "\"\(records)\" names no element and is no path to records",
        provenance: file)
    }
    guard let members = input.members else { return nil }
    if let pattern = Glob(members) { return pattern }
    throw IngestError(
      code: .invalidPattern,
      message: "\"\(members)\" is no pattern for members: a \"[\" is not closed, or a set is empty",
      provenance: file)
  }
}
