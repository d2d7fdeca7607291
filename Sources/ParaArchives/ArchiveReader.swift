package import Foundation

/// Reads the members of an archive, one after another, as streams.
///
/// Reads tar and zip, single files and archives compressed by gzip, bzip2, xz or zstd (or several of
/// them), and members that are compressed themselves. Formats are detected from the bytes, never from a
/// name, and a file that is not an archive is one member without a name. Nothing is written to disk, and
/// memory does not grow with the file.
///
///     var archive = try ArchiveReader(url)
///     while let member = try archive.nextMember() {
///       while case let count = try archive.read(into: buffer), count > 0 { … }
///     }
///
/// Copies share one stream. Not safe to use from two threads at once.
package struct ArchiveReader {
  private let url: URL
  private let file: ArchiveHandle
  private let limits: ArchiveLimits
  /// What has the members: the file itself if it is an archive, what it decompresses to if it is compressed, and
  /// otherwise a reading of the same bytes as one member without a name.
  private var container: ArchiveHandle?
  /// The decompressor of the file, if it is compressed.
  private var decompressor: Decompressor?
  private var content: MemberContent?
  private var isAtEnd = false

  /// Opens a file without reading its content.
  ///
  /// - Throws: ``ArchiveError/Code/unreadable`` if the file does not exist, is a folder or may not be read.
  package init(_ url: URL, limits: ArchiveLimits = ArchiveLimits()) throws(ArchiveError) {
    let path = url.path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .unreadable("there is no such file")
    }
    if isFolder.boolValue { throw .unreadable("it is a folder") }
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw .unreadable("its permissions forbid reading")
    }
    file = try ArchiveHandle(path: path)
    self.url = url
    self.limits = limits
  }

  /// Whether the file is a tar or zip, compressed or not; known after the first `nextMember`.
  package var isArchive: Bool { container?.isArchive ?? false }

  /// The bytes of the file consumed so far, to the nearest block.
  package var consumedBytes: Int { file.consumedBytes }

  /// Advances to the next member, whether or not the current one was read; nil at the end.
  ///
  /// - Throws: `ArchiveError` if the archive is damaged or a skipped member is a decompression bomb; there
  ///   are no more members after that.
  package mutating func nextMember() throws(ArchiveError) -> Member? {
    if isAtEnd { return nil }
    // Stays true if anything below throws.
    isAtEnd = true
    try skipRest()
    let end = container?.decompressedBytes
    guard let entry = try nextEntry() else {
      try verifyEnd(after: end)
      return nil
    }
    isAtEnd = false
    return entry.member
  }

  /// Reads the next decompressed bytes of the current member, at most as many as the buffer holds; 0 only
  /// at the end and if there is no member.
  ///
  /// - Throws: ``ArchiveError``; if its `endsContainer` is false, the next member can be read.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    try content?.read(into: buffer) ?? 0
  }
}

extension ArchiveReader {
  private mutating func nextEntry() throws(ArchiveError) -> ArchiveHandle.Entry? {
    let entry = container == nil ? try firstEntry() : try container?.nextEntry()
    content = nil
    guard let entry, let container else { return nil }
    content = MemberContent(entry, in: container, file: file, limits: limits)
    return entry
  }

  /// Opens the file as one of three: an archive; compressed bytes, decompressed by ``Decompressor`` and then looked
  /// at again, since they may be an archive; or plain bytes, which libarchive hands over as one member.
  private mutating func firstEntry() throws(ArchiveError) -> ArchiveHandle.Entry? {
    container = file
    guard let entry = try file.nextEntry() else { return nil }
    if file.isArchive { return entry }
    let prefix = try firstBytes(Compression.signatureLength, of: file.read)
    var source = byteSource(replaying: prefix, then: file.read)
    if let compression = Compression(firstBytes: prefix) {
      let decompressor = Decompressor(compression, source: source)
      self.decompressor = decompressor
      source = decompressor.read
    }
    let inner = try ArchiveHandle(.members, from: source)
    container = inner
    return try inner.nextEntry()
  }

  /// Detects a file that is truncated between two members: a tar must end with zero blocks, a zip with
  /// its central directory, and a compressed stream with its trailer.
  private func verifyEnd(after end: Int?) throws(ArchiveError) {
    if let container, let end, container.isTar {
      let paddedEnd = (end + 511) / 512 * 512
      guard container.decompressedBytes >= paddedEnd + 512 else {
        throw .damaged("the tar's end mark is missing")
      }
    }
    if file.isZip, !EndOfCentralDirectory.isPresent(in: url) {
      throw .damaged("the zip's directory is cut off")
    }
    if let decompressor { try drain(decompressor.read) }
  }

  /// Reads to the end of the member. libarchive would skip it too, but without a limit.
  private func skipRest() throws(ArchiveError) {
    guard decompressor != nil, let container else {
      container?.skipRest()
      return
    }
    do throws(ArchiveError) {
      try drain(container.read)
    } catch {
      if error.endsContainer { throw error }
    }
  }

  private func drain(_ source: ByteSource) throws(ArchiveError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: CallbackSource.capacity, alignment: 16)
    defer { buffer.deallocate() }
    var bombGuard = DecompressionBombGuard(file: file, limits: limits)
    while case let count = try source(buffer), count > 0 { try bombGuard.add(count) }
  }
}

/// The name and kind of an archive member.
package struct Member: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case file
    case folder
    /// A link, device, socket or pipe, which has no content to read.
    case other
  }

  /// The name in the archive, with bytes that are not UTF-8 replaced; nil if the file is not an archive
  /// but one plain or compressed stream. Never used as a path.
  package let name: String?
  package let kind: Kind
}

/// The end of central directory record, which ends every zip (APPNOTE.TXT 4.3.16).
///
/// libarchive reads a zip without it from front to back and reports no error.
private enum EndOfCentralDirectory {
  private static let signature: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
  private static let size = 22
  /// The maximum length of the comment at the end of the record.
  private static let longestComment = 0xFFFF

  /// Whether a file ends with the record; true if it cannot be opened again.
  static func isPresent(in url: URL) -> Bool {
    guard let file = try? FileHandle(forReadingFrom: url), let end = try? file.seekToEnd() else {
      return true
    }
    let tail = UInt64(size + longestComment)
    guard (try? file.seek(toOffset: end - min(end, tail))) != nil,
      let bytes = try? file.readToEnd()
    else { return false }
    let last = bytes.range(of: Data(signature), options: .backwards)
    return last.map { bytes.endIndex - $0.lowerBound >= size } ?? false
  }
}
