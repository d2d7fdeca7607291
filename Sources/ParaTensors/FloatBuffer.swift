/// Owned fp32 memory on a 64-byte boundary, uninitialised unless said otherwise.
///
/// It is `Sendable` as memory is: whoever writes must know that nobody else reads or writes the same
/// part at that time. In this package a buffer is written by the worker which made it and only read
/// after it has been handed on.
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

  package convenience init(_ numbers: some Collection<Float>) {
    self.init(count: numbers.count)
    _ = UnsafeMutableBufferPointer(start: base, count: count).initialize(from: numbers)
  }

  package convenience init(repeating value: Float, count: Int) {
    self.init(count: count)
    base.initialize(repeating: value, count: count)
  }

  package var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
