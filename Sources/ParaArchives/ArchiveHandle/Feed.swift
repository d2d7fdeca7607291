/// The bytes on their way from a Swift source into libarchive.
final class Feed {
  static let capacity = 1 << 18

  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Feed.capacity, alignment: 16)
  /// What the source threw. To libarchive the bytes end there, so that it still hands out all that
  /// came before; what ends or fails afterwards does so because of this.
  private(set) var failure: ArchiveError?
  private let source: ByteSource

  init(_ source: @escaping ByteSource) { self.source = source }

  deinit { buffer.deallocate() }

  /// Fills the buffer and returns the number of bytes, 0 at the end and after a failure.
  func fill() -> Int {
    if failure != nil { return 0 }
    do throws(ArchiveError) {
      return try source(buffer)
    } catch {
      failure = error
      return 0
    }
  }
}
