internal import Foundation
internal import ParaArchives

extension RecordReader {
  /// Advances to the next member to read, or to the end.
  ///
  /// - Returns: The error if there is nothing to read where there should be.
  mutating func openNextMember() throws(ArchiveError) -> IngestError? {
    place = file
    guard let member = try archive.nextMember() else {
      isAtEnd = true
      return foundContent ? nil : emptiness
    }
    if let name = member.name {
      if member.kind == .folder { return nil }
      place.member = name
      if let reason = reasonToSkip(member, name) {
        skip(name, reason)
        return nil
      }
    }
    return try openContent()
  }

  private func reasonToSkip(_ member: Member, _ name: String) -> SkippedMember.Reason? {
    if member.kind != .file { return .notAFile }
    let components = name.split(separator: "/")
    if components.contains("__MACOSX") || components.last?.hasPrefix("._") == true {
      return .macOSMetadata
    }
    if let pattern, !pattern.matches(name) { return .notMatched }
    return nil
  }

  /// Opens the current member, or skips it if its content is of no format.
  private mutating func openContent() throws(ArchiveError) -> IngestError? {
    let stream = ByteStream(archive)
    stream.fill(atLeast: FormatDetector.window)
    // Content chosen by name is read in any case, and in the format that the caller gave.
    let isChosen = place.member == nil || pattern != nil
    if isChosen, let format = input.format {
      open(format, stream)
      return nil
    }
    let detection = detect(stream, isChosen: isChosen)
    if case .format(let format) = detection, input.format == nil || input.format == format {
      open(format, stream)
      return nil
    }
    // A sample that a read error cut short says nothing about the format.
    if let failure = stream.failure { throw failure }
    if let name = place.member, !isChosen {
      skip(name, detection == .empty ? .empty : .unknownFormat)
      return nil
    }
    foundContent = true
    guard case .unknown(let actual) = detection else { return nil }
    return IngestError(
      code: .unknownFormat,
      message: "the content is \(actual); \(InputFormat.allTitles) can be read", provenance: place)
  }

  private func detect(_ stream: ByteStream, isChosen: Bool) -> FormatDetector.Detection {
    FormatDetector.detect(
      ContentSample(
        bytes: UnsafeRawBufferPointer(rebasing: stream.available.prefix(FormatDetector.window)),
        isWhole: stream.hasEnded && stream.available.count <= FormatDetector.window,
        name: place.member ?? file.file, isChosen: isChosen, hasRecordPath: input.records != nil))
  }

  private mutating func open(_ format: InputFormat, _ stream: ByteStream) {
    foundContent = true
    source = format.open(
      SourceContext(
        stream: stream, provenance: place, records: input.records, limits: input.limits))
  }

  /// The error for a file without content; nil for an empty file that is not compressed.
  private var emptiness: IngestError? {
    if archive.isArchive {
      return IngestError(
        code: .nothingToRead,
        message: "the archive has no member to read records from (\(skippedMemberCount) skipped); "
          + "check the pattern for members and the format",
        provenance: file)
    }
    let packed = ["gz", "tgz", "bz2", "xz", "zst", "tar", "zip"]
    let size = try? input.url.resourceValues(forKeys: [.fileSizeKey]).fileSize
    guard size == 0, packed.contains(input.url.pathExtension.lowercased()) else { return nil }
    return IngestError(
      code: .nothingToRead,
      message: "the file is empty, which no archive or compressed file is; fetch or pack it again",
      provenance: file)
  }
}

/// An archive member that was skipped, and why. Folders are not listed.
public struct SkippedMember: Sendable, Hashable {
  public enum Reason: String, Sendable, Hashable, Codable {
    /// Its name does not match the pattern for members.
    case notMatched
    /// It is metadata that macOS adds to archives: `__MACOSX` and `._*`.
    case macOSMetadata
    /// It is a link, device, socket or pipe.
    case notAFile
    /// Its content is of no known format, or not of the format asked for.
    case unknownFormat
    case empty
  }

  /// The name in the archive; see ``Provenance/member``.
  public var name: String
  public var reason: Reason

  public init(name: String, reason: Reason) {
    self.name = name
    self.reason = reason
  }
}
