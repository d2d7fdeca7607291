import Foundation

/// Owned raw memory on a 64-byte boundary, uninitialised; large blocks ask for huge pages.
///
/// Blocks of some pages are mapped by themselves (`MappedMemory`): between the blocks of many sizes that
/// requests come and go with, the allocator kept a sixth of a job's memory as gaps. Smaller ones come
/// from the allocator.
package final class MemoryBlock: @unchecked Sendable {  // as `FloatBuffer`
  package let base: UnsafeMutableRawPointer
  package let byteCount: Int
  /// What it lies in; nil if it comes from the allocator.
  private let mapped: MappedMemory.Region?

  private static let smallestMapped = 128 << 10

  package init(byteCount: Int) {
    self.byteCount = byteCount
    mapped =
      byteCount >= Self.smallestMapped ? MappedMemory.shared.take(byteCount) : nil
    base = mapped?.base ?? .allocate(byteCount: max(byteCount, 64), alignment: 64)
  }

  deinit {
    if let mapped { MappedMemory.shared.keep(mapped) } else { base.deallocate() }
  }
}
