/// Owned fp32 memory on a 64-byte boundary, uninitialised unless said otherwise.
///
/// The one type that owns numbers. It is `Sendable` as memory is: whoever writes must know that
/// nobody else reads or writes the same part at that time. In this package a buffer is written by
/// the worker which made it and only read after it has been handed on.
package final class FloatBuffer: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let count: Int

  package init(count: Int) {
    self.count = count
    base = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(count, 1))
  }

  package convenience init(_ numbers: some Collection<Float>) {
    self.init(count: numbers.count)
    _ = UnsafeMutableBufferPointer(start: base, count: count).initialize(from: numbers)
  }

  package convenience init(repeating value: Float, count: Int) {
    self.init(count: count)
    base.initialize(repeating: value, count: count)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  package var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
