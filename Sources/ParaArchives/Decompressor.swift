internal import CParaZlib

/// Decompresses a stream and verifies its end.
///
/// libarchive takes an unreadable second member of a stream for its end and ignores the checksum of
/// gzip. So everything after the end must be zero padding, and checksum and length in the trailer of a
/// gzip stream with one member must match the decompressed bytes. For streams of several members
/// (`cat a.gz b.gz`, bgzip) the latter is not checked, because libarchive does not report where they end.
final class Decompressor {
  private let compression: Compression
  private let source: ByteSource
  private let trailer = Trailer()
  private var handle: ArchiveHandle?
  private var checksum: UInt32 = 0
  private var count = 0
  private var isAtEnd = false

  init(_ compression: Compression, source: @escaping ByteSource) {
    self.compression = compression
    self.source = source
  }

  /// Reads the next bytes; 0 at the end, after it has been verified.
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
      trailer.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      return count
    }
    // A compressed empty file has no entry; reading then ends at once.
    _ = try handle.nextEntry()
    guard handle.compressionCount > 0 else {
      throw .damaged("it begins like \(compression.rawValue) and goes on otherwise")
    }
    return handle
  }

  private func verifyEnd(of handle: ArchiveHandle) throws(ArchiveError) {
    let end = handle.consumedBytes
    let bytes = trailer.bytes(before: end, count: 8)
    try verifyPadding(from: end)
    guard compression == .gzip, handle.compressionCount == 1, !trailer.mayHoldSecondGzipMember,
      let bytes
    else { return }
    let stored = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let found = UInt64(UInt32(truncatingIfNeeded: count)) << 32 | UInt64(checksum)
    if stored != found { throw .damaged("gzip's checksum does not agree with the data") }
  }

  private func verifyPadding(from end: Int) throws(ArchiveError) {
    var isZero = trailer.isZero(from: end)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: CallbackSource.capacity, alignment: 16)
    defer { buffer.deallocate() }
    while isZero {
      let count = try source(buffer)
      if count == 0 { return }
      isZero = buffer[..<count].allSatisfy { $0 == 0 }
    }
    throw .damaged("\(compression.rawValue) data ends at byte \(end) and other bytes follow")
  }
}

/// A compression format, detected from the first bytes of a stream.
enum Compression: String, Sendable {
  case gzip, bzip2, xz, zstd

  /// The maximum number of bytes that `init(firstBytes:)` needs.
  static let signatureLength = 6

  /// Nil if the bytes are the start of none of the formats.
  init?(firstBytes bytes: [UInt8]) {
    for (compression, signature) in Self.signatures where bytes.starts(with: signature) {
      self = compression
      return
    }
    return nil
  }

  /// RFC 1952 §2.3.1; bzip2's `BZh`; the xz format §2.1.1.1; RFC 8878 §3.1.1.
  private static let signatures: [(Compression, [UInt8])] = [
    (.gzip, [0x1F, 0x8B]),
    (.bzip2, [0x42, 0x5A, 0x68]),
    (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
    (.zstd, [0x28, 0xB5, 0x2F, 0xFD]),
  ]
}

/// The last compressed bytes of a stream, and whether a second gzip member may have started in it.
private final class Trailer {
  /// Enough for the trailer of gzip and the ten bytes of the next header that are examined.
  private static let kept = 64

  private var bytes: [UInt8] = []
  private var end = 0
  /// Whether the bytes of a gzip header occur after the first one: at the start of a second member, or
  /// by chance, once in some hundred megabytes.
  private(set) var mayHoldSecondGzipMember = false

  func append(_ chunk: UnsafeRawBufferPointer) {
    let keptBytes = bytes.suffix(Self.kept)
    bytes = Array(keptBytes)
    bytes.append(contentsOf: chunk)
    end += chunk.count
    if !mayHoldSecondGzipMember { search(from: max(0, keptBytes.count - 3)) }
  }

  /// Searches for the constant bytes of a gzip header (RFC 1952 §2.3.1), whose flags are below 32. The
  /// header at the start of the stream is that of the first member.
  private func search(from start: Int) {
    bytes.withUnsafeBufferPointer { bytes in
      let isStreamStart = bytes.count == end
      var index = isStreamStart ? 1 : start
      while index + 3 < bytes.count {
        if bytes[index] == 0x1F, bytes[index + 1] == 0x8B, bytes[index + 2] == 8,
          bytes[index + 3] < 32
        {
          mayHoldSecondGzipMember = true
          return
        }
        index += 1
      }
    }
  }

  /// The bytes before a position of the stream; nil if they are no longer kept.
  func bytes(before position: Int, count: Int) -> ArraySlice<UInt8>? {
    let upper = bytes.count - (end - position)
    guard upper <= bytes.count, upper >= count else { return nil }
    return bytes[(upper - count)..<upper]
  }

  /// Whether all kept bytes from a position on are zero.
  func isZero(from position: Int) -> Bool {
    bytes.suffix(max(0, end - position)).allSatisfy { $0 == 0 }
  }
}
