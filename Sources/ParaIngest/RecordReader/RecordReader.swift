internal import Foundation
internal import ParaArchives

/// The records of one file, one after another.
///
/// The file may be JSON Lines, a JSON document or XML, plain, compressed or in an archive; the
/// content says which. Of an archive's members those are read whose content looks like one of the
/// formats (like `format`, when that is given), or, when a pattern for members is given, exactly
/// those whose name matches it. Never read are folders, links, devices, and what macOS adds
/// (`__MACOSX`, `._*`).
///
///     var reader = try RecordReader(InputFile(url))
///     while let row = reader.next() {
///       switch row {
///       case .success(let record): …
///       case .failure(let error): …  // one bad row, with its provenance; reading goes on
///       }
///     }
///
/// Memory is bounded by the input's limits, whatever the file's size. A copy reads on in the same
/// stream. Not safe to use from two threads at once.
public struct RecordReader {
  /// How many skipped members are kept by name.
  public static let skippedMembersKept = 1000

  /// The archive members passed over so far: the first thousand of them.
  public private(set) var skippedMembers: [SkippedMember] = []
  /// How many archive members were passed over so far.
  public private(set) var skippedMemberCount = 0

  let input: InputFile
  let pattern: Glob?
  let file: Provenance
  var archive: ArchiveReader
  /// The member that is being read, or the file.
  var place: Provenance
  var source: (any RecordSource)?
  /// Whether any member was read or failed.
  var foundContent = false
  var isAtEnd = false
  private var remaining: Int

  /// Opens the file.
  ///
  /// - Throws: `IngestError` with the code `unreadable` when the file is missing, a folder or
  ///   forbidden, and `invalidPattern` when `members` or `records` is malformed. What is wrong
  ///   inside the file, `next` reports.
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

  /// Bytes of the file that have been used up so far, to the nearest block; of a compressed file,
  /// compressed ones.
  public var consumedBytes: Int { archive.consumedBytes }

  /// The next row: a record, or why there is none; `nil` at the end.
  ///
  /// A row or member that cannot be read is one failure, and reading goes on after it. A file that
  /// cannot be read on (cut off, damaged, unpacking to too much) is one failure at the place
  /// reached, and then the end.
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
