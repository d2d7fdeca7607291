import Foundation

/// Owned raw memory on a 64-byte boundary, uninitialised; large blocks ask for huge pages.
package final class MemoryBlock: @unchecked Sendable {  // as `FloatBuffer`
  package let base: UnsafeMutableRawPointer
  package let byteCount: Int

  /// From here on a block begins on a huge page: fewer look-ups of addresses, and the processor
  /// reads ahead across small pages.
  private static let large = 4 << 20
  private static let hugePage = 2 << 20
  private static let adviseHugePages: Int32 = 14  // MADV_HUGEPAGE

  package init(byteCount: Int) {
    self.byteCount = byteCount
    let isLarge = byteCount >= Self.large
    base = .allocate(byteCount: max(byteCount, 64), alignment: isLarge ? Self.hugePage : 64)
    #if os(Linux)
    if isLarge { madvise(base, byteCount, Self.adviseHugePages) }
    #endif
  }

  deinit { base.deallocate() }
}
