internal import ParaArchives

/// A buffer over the bytes of one member: what was read and not yet used up lies in one piece.
final class ByteStream {
  private static let chunk = 1 << 18

  private let archive: ArchiveReader
  private var storage = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ByteStream.chunk, alignment: 16)
  /// What ended the bytes early; thrown by the next `fill`.
  private(set) var failure: ArchiveError?
  private var start = 0
  private var end = 0

  /// Reads the archive's current member.
  init(_ archive: ArchiveReader) { self.archive = archive }

  deinit { storage.deallocate() }

  /// Valid until the next call of `fill`.
  var available: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[start..<end]) }

  func consume(_ count: Int) { start += count }

  /// Makes more bytes available; `false` at the end.
  func fill() throws(ArchiveError) -> Bool {
    if let failure { throw failure }
    if end == storage.count { makeRoom() }
    let free = UnsafeMutableRawBufferPointer(rebasing: storage[end...])
    let count = try archive.read(into: free)
    end += count
    return count > 0
  }

  /// Makes at least so many bytes available, or as many as can be read.
  func prefill(_ count: Int) {
    do throws(ArchiveError) {
      while end - start < count, try fill() {}
    } catch {
      failure = error
    }
  }

  /// Doubles the buffer when more than half of it is in use, so that moving stays cheap.
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
