/// The content of one member, decompressed if the member itself is compressed.
final class MemberContent {
  private let entry: ArchiveHandle.Entry
  private let container: ArchiveHandle
  private var bombGuard: DecompressionBombGuard
  private var source: ByteSource?
  private var decompressor: Decompressor?
  /// The error of the container, as opposed to one of the compressed stream inside the member.
  private var containerFailure: ArchiveError?

  init(
    _ entry: ArchiveHandle.Entry, in container: ArchiveHandle, file: ArchiveHandle,
    limits: ArchiveLimits
  ) {
    self.entry = entry
    self.container = container
    bombGuard = DecompressionBombGuard(file: file, limits: limits)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    if entry.isEncrypted { throw .encrypted }
    do throws(ArchiveError) {
      let count = try content()(buffer)
      try bombGuard.add(count)
      return count
    } catch {
      throw containerFailure ?? (decompressor == nil ? error : error.ofMember)
    }
  }

  private func content() throws(ArchiveError) -> ByteSource {
    if let source { return source }
    let opened = try open()
    source = opened
    return opened
  }

  private func open() throws(ArchiveError) -> ByteSource {
    // The compression of a file that is not an archive is handled by `ArchiveReader`.
    guard container.isArchive else { return container.read }
    let prefix = try firstBytes(Compression.signatureLength, of: container.read)
    guard let compression = Compression(firstBytes: prefix) else {
      return byteSource(replaying: prefix, then: container.read)
    }
    let packed = byteSource(replaying: prefix) { [unowned self] (buffer) throws(ArchiveError) in
      try readContainer(into: buffer)
    }
    let decompressor = Decompressor(compression, source: packed)
    self.decompressor = decompressor
    return decompressor.read
  }

  private func readContainer(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(ArchiveError) -> Int {
    do throws(ArchiveError) {
      return try container.read(into: buffer)
    } catch {
      containerFailure = error
      throw error
    }
  }
}
