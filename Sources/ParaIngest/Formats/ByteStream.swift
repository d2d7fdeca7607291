internal import ParaArchives

/// A buffered stream of the bytes of one member: the bytes read and not yet consumed are contiguous.
final class ByteStream {
  private static let initialCapacity = 1 << 18

  private let archive: ArchiveReader
  private var storage = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ByteStream.initialCapacity, alignment: 16)
  /// The error that ended the stream during `fill(atLeast:)`; thrown by the next `fill`.
  private(set) var failure: ArchiveError?
  /// Whether all bytes have been made available.
  private(set) var hasEnded = false
  private var start = 0
  private var end = 0

  /// Reads the archive's current member.
  init(_ archive: ArchiveReader) { self.archive = archive }

  deinit { storage.deallocate() }

  /// Valid until the next call of `fill`.
  var available: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[start..<end]) }

  func consume(_ count: Int) { start += count }

  /// Skips a byte order mark of UTF-8, which must be available if there is one.
  func skipByteOrderMark() {
    if available.starts(with: [0xEF, 0xBB, 0xBF]) { consume(3) }
  }

  /// Makes more bytes available; `false` at the end.
  func fill() throws(ArchiveError) -> Bool {
    if let failure { throw failure }
    if end == storage.count { makeRoom() }
    let free = UnsafeMutableRawBufferPointer(rebasing: storage[end...])
    let count = try archive.read(into: free)
    end += count
    hasEnded = count == 0
    return count > 0
  }

  /// Makes at least `count` bytes available, or as many as can be read.
  func fill(atLeast count: Int) {
    do throws(ArchiveError) {
      while end - start < count, try fill() {}
    } catch {
      failure = error
    }
  }

  /// Moves the unconsumed bytes to the front, of a buffer of twice the size if they fill more than half
  /// of it, so that the cost of moving is amortized.
  private func makeRoom() {
    let old = storage
    let used = available
    if used.count > old.count / 2 {
      storage = .allocate(byteCount: old.count * 2, alignment: 16)
    }
    UnsafeMutableRawBufferPointer(rebasing: storage[..<used.count]).copyMemory(from: used)
    if storage.baseAddress != old.baseAddress { old.deallocate() }
    end = used.count
    start = 0
  }
}
