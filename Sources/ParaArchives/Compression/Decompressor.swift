internal import CParaZlib

/// A compressed stream as the bytes inside it, checked to its end.
///
/// libarchive takes an unreadable second part of a stream for its end and ignores gzip's
/// checksum. So at the end everything that follows must be zero padding, and the checksum and
/// length of a gzip stream in one part must agree with what came out. Streams in several parts
/// (`cat a.gz b.gz`, bgzip) go without the latter check, since the parts' borders are not known.
final class Decompressor {
  private let compression: Compression
  private let source: ByteSource
  private let packed = PackedTail()
  private var handle: ArchiveHandle?
  private var checksum: UInt32 = 0
  private var count = 0
  private var isAtEnd = false

  init(_ compression: Compression, source: @escaping ByteSource) {
    self.compression = compression
    self.source = source
  }

  /// Reads on; 0 at the end, once everything was found in order.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    if isAtEnd { return 0 }
    let handle = try opened()
    let read = try handle.read(into: buffer)
    if read == 0 {
      isAtEnd = true
      try verifyEnd(of: handle)
    } else if compression == .gzip {
      checksum = para_crc32(checksum, buffer.baseAddress, read)
      count += read
    }
    return read
  }

  private func opened() throws(ArchiveError) -> ArchiveHandle {
    if let handle { return handle }
    let opened = try open()
    handle = opened
    return opened
  }

  private func open() throws(ArchiveError) -> ArchiveHandle {
    let handle = try ArchiveHandle(.compressed) { [unowned self] (buffer) throws(ArchiveError) in
      let count = try source(buffer)
      packed.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      return count
    }
    // There is no entry where nothing was compressed; reading then ends at once.
    _ = try handle.nextEntry()
    guard handle.compressionCount > 0 else {
      throw .damaged("it begins like \(compression.rawValue) and goes on otherwise")
    }
    return handle
  }

  private func verifyEnd(of handle: ArchiveHandle) throws(ArchiveError) {
    let end = handle.consumedBytes
    let trailer = packed.bytes(before: end, count: 8)
    try verifyPadding(from: end)
    guard compression == .gzip, handle.compressionCount == 1, !packed.mayHoldSecondGzipPart,
      let trailer
    else { return }
    let stored = trailer.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let found = UInt64(UInt32(truncatingIfNeeded: count)) << 32 | UInt64(checksum)
    if stored != found { throw .damaged("gzip's checksum does not agree with the data") }
  }

  private func verifyPadding(from end: Int) throws(ArchiveError) {
    var isZero = packed.isZero(from: end)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Feed.capacity, alignment: 16)
    defer { buffer.deallocate() }
    while isZero {
      let count = try source(buffer)
      if count == 0 { return }
      isZero = buffer[..<count].allSatisfy { $0 == 0 }
    }
    throw .damaged("\(compression.rawValue) data ends at byte \(end) and other bytes follow")
  }
}
