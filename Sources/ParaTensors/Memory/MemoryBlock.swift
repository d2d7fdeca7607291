import Foundation

/// Owned raw memory on a 64-byte boundary, uninitialised; large blocks ask for huge pages.
///
/// Blocks of many pages are mapped one by one (`MappedMemory`): with the allocator, gaps between the
/// blocks of requests that come and go took a sixth of a job's memory. Smaller ones come from the
/// allocator.
package final class MemoryBlock: @unchecked Sendable {  // see FloatBuffer
  package let base: UnsafeMutableRawPointer
  package let byteCount: Int
  /// The region it lies in; nil if it comes from the allocator.
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

/// Owned fp32 memory on a 64-byte boundary, uninitialised unless an initializer says otherwise.
///
/// `Sendable` without a lock: the caller makes sure that no part is written while another thread uses
/// it. In this package a buffer is written by the worker which made it, and only read after it has
/// been handed on.
package final class FloatBuffer: Sendable {
  private let block: MemoryBlock
  package let count: Int
  package var base: UnsafeMutablePointer<Float> {
    block.base.assumingMemoryBound(to: Float.self)
  }

  package init(count: Int) {
    self.count = count
    block = MemoryBlock(byteCount: count * 4)
    block.base.bindMemory(to: Float.self, capacity: count)
  }

  package convenience init(_ elements: some Collection<Float>) {
    self.init(count: elements.count)
    _ = UnsafeMutableBufferPointer(start: base, count: count).initialize(from: elements)
  }

  package convenience init(repeating value: Float, count: Int) {
    self.init(count: count)
    base.initialize(repeating: value, count: count)
  }

  package var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

/// The processor's cache lines.
package enum CacheLine {
  package static let bytes = 64

  /// The stride of rows of `rowBytes` bytes: whole lines, an odd number of them. At an even stride,
  /// such as 2 KB, rows map to the same few L1 sets and loads are several times slower.
  package static func oddStride(_ rowBytes: Int) -> Int {
    ((rowBytes + bytes - 1) / bytes | 1) * bytes
  }
}
