internal import Foundation
internal import ParaArchives

extension RecordReader {
  /// Goes on to the next member that is to be read, or to the end.
  ///
  /// - Returns: Why there is nothing to read where there should be.
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

  /// Opens the current member, or skips it after a look at its content.
  private mutating func openContent() throws(ArchiveError) -> IngestError? {
    let stream = ByteStream(archive)
    stream.prefill(FormatDetector.window)
    // What was asked for by name is read, and as what it was said to be.
    let isChosen = place.member == nil || pattern != nil
    if isChosen, let format = input.format {
      open(format, stream)
      return nil
    }
    let verdict = verdict(on: stream, isChosen: isChosen)
    if case .format(let format) = verdict, input.format == nil || input.format == format {
      open(format, stream)
      return nil
    }
    // Before something is called unreadable, it must have been read.
    if let failure = stream.failure { throw failure }
    if let name = place.member, !isChosen {
      skip(name, verdict == .empty ? .empty : .unknownFormat)
      return nil
    }
    foundContent = true
    guard case .unknown(let reason) = verdict else { return nil }
    return IngestError(
      code: .unknownFormat,
      message: "the content is \(reason); JSON Lines, JSON and XML can be read", provenance: place)
  }

  private func verdict(on stream: ByteStream, isChosen: Bool) -> FormatDetector.Verdict {
    let detector = FormatDetector(
      name: place.member ?? file.file, isChosen: isChosen, hasRecordPath: input.records != nil)
    let isWhole = stream.available.count < FormatDetector.window && stream.failure == nil
    return detector.verdict(on: stream.available, isWhole: isWhole)
  }

  private mutating func open(_ format: InputFormat, _ stream: ByteStream) {
    foundContent = true
    source =
      switch format {
      case .jsonLines:
        JSONLinesSource(stream, provenance: place, lineLimit: input.limits.recordBytes)
      case .json:
        JSONDocumentSource(
          stream, provenance: place, path: input.records, sizeLimit: input.limits.documentBytes)
      case .xml:
        XMLSource(
          stream, provenance: place, records: input.records, sizeLimit: input.limits.recordBytes)
      }
  }

  /// Why a file without any content is not what was meant; `nil` for a plain empty file.
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
