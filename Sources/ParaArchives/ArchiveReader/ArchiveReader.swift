package import Foundation

/// The members of an archive, one after another, as streams.
///
/// Reads tar and zip, either of them or a single stream compressed by gzip, bzip2, xz or zstd (or
/// by several), and members that are themselves so compressed. What the bytes are is told from
/// the bytes, never from a name, and a file that is no archive is one member without a name.
/// Nothing is written to disk, and memory does not grow with the file.
///
///     var archive = try ArchiveReader(url)
///     while let member = try archive.nextMember() {
///       while case let count = try archive.read(into: buffer), count > 0 { … }
///     }
///
/// A copy reads on in the same stream. Not safe to use from two threads at once.
package struct ArchiveReader {
  private let url: URL
  private let file: ArchiveHandle
  private let limits: ArchiveLimits
  /// What the members lie in; the file itself, unless that is compressed.
  private var container: ArchiveHandle?
  /// What `container` comes out of, when the file is compressed.
  private var decompressor: Decompressor?
  private var content: MemberContent?
  private var isAtEnd = false

  /// Opens a file, without looking at its content.
  ///
  /// - Throws: ``ArchiveError/Code/unreadable`` when the file is missing, a folder, or forbidden.
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

  /// Whether the file is a tar or zip, compressed or not; known once a member was asked for.
  package var isArchive: Bool { container?.isArchive ?? false }

  /// Bytes of the file that have been used up so far, to the nearest block.
  package var consumedBytes: Int { file.consumedBytes }

  /// Goes on to the next member, whether or not the current one was read; `nil` at the end.
  ///
  /// - Throws: `ArchiveError` when the archive is damaged, or what is skipped unpacks to too much;
  ///   afterwards there are no more members.
  package mutating func nextMember() throws(ArchiveError) -> Member? {
    if isAtEnd { return nil }
    // Any failure below is the end; success takes it back.
    isAtEnd = true
    try skipRest()
    let end = container?.unpackedBytes
    guard let entry = try nextEntry() else {
      try verifyEnd(after: end)
      return nil
    }
    isAtEnd = false
    return entry.member
  }

  /// Reads on in the current member, decompressed: at most as many bytes as the buffer holds, and 0
  /// only at the end and when there is no member.
  ///
  /// - Throws: ``ArchiveError``; where its `endsContainer` is false, the next member can be read.
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

  /// Looks through the file's compression, if there is any, and opens what lies inside.
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

  /// A tar ends with blocks of zeros, a zip with its directory, and what comes out of a compressed
  /// file where the compression ends: otherwise the file was cut off between two members.
  private func verifyEnd(after end: Int?) throws(ArchiveError) {
    if let container, let end, container.isTar {
      let paddedEnd = (end + 511) / 512 * 512
      guard container.unpackedBytes >= paddedEnd + 512 else {
        throw .damaged("the tar's end mark is missing")
      }
    }
    if file.isZip, !ZipEnd.isPresent(in: url) { throw .damaged("the zip's directory is cut off") }
    if let decompressor { try drain(decompressor.read) }
  }

  /// Reads to the member's end. libarchive would do so by itself, but without any limit.
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
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Feed.capacity, alignment: 16)
    defer { buffer.deallocate() }
    var meter = UnpackMeter(file: file, limits: limits)
    while case let count = try source(buffer), count > 0 { try meter.add(count) }
  }
}
