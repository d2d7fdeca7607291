import Foundation

/// Owned raw memory on a 64-byte boundary, uninitialised; large blocks ask for huge pages.
///
/// Blocks of some pages are mapped by themselves, so that they are gone when they are freed: between
/// the blocks of many sizes that requests come and go with, the allocator kept a sixth of a job's
/// memory as gaps. Smaller ones come from the allocator.
package final class MemoryBlock: @unchecked Sendable {  // as `FloatBuffer`
  package let base: UnsafeMutableRawPointer
  package let byteCount: Int
  /// What was mapped for it; nil if it comes from the allocator.
  private let mapping: UnsafeMutableRawBufferPointer?

  private static let mapped = 128 << 10
  /// From here on a block begins on a huge page: fewer look-ups of addresses, and the processor
  /// reads ahead across small pages.
  private static let large = 4 << 20
  private static let hugePage = 2 << 20
  private static let adviseHugePages: Int32 = 14  // MADV_HUGEPAGE

  package init(byteCount: Int) {
    self.byteCount = byteCount
    let isLarge = byteCount >= Self.large
    mapping =
      byteCount >= Self.mapped ? Self.map(byteCount + (isLarge ? Self.hugePage : 0)) : nil
    if let start = mapping?.baseAddress {
      base = isLarge ? start.alignedUp(toMultipleOf: Self.hugePage) : start
    } else {
      base = .allocate(byteCount: max(byteCount, 64), alignment: 64)
    }
    #if os(Linux)
    if isLarge { madvise(base, byteCount, Self.adviseHugePages) }
    #endif
  }

  /// Nil if the system has none left to map: the allocator then says so.
  private static func map(_ size: Int) -> UnsafeMutableRawBufferPointer? {
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != MAP_FAILED else { return nil }
    return UnsafeMutableRawBufferPointer(start: start, count: size)
  }

  deinit {
    if let start = mapping?.baseAddress, let size = mapping?.count {
      munmap(start, size)
    } else {
      base.deallocate()
    }
  }
}
