/// A view of row-major fp32 memory, [rows, columns].
///
/// It does not keep the memory alive: matrices point into an `Arena` or a `FloatBuffer` that outlives
/// them, and never leave the forward pass which made them.
package struct Matrix {
  package let base: UnsafeMutablePointer<Float>
  package let rows: Int
  package let columns: Int

  package init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
  }

  @inlinable
  package func row(_ index: Int) -> UnsafeMutablePointer<Float> {
    assert(index >= 0 && index < max(rows, 1))
    return base + index * columns
  }

  /// A range of rows, [range.count, columns].
  package func rows(_ range: Range<Int>) -> Matrix {
    assert(range.lowerBound >= 0 && range.upperBound <= rows)
    return Matrix(base: base + range.lowerBound * columns, rows: range.count, columns: columns)
  }

  /// The same rows from a column on. `columns` remains the stride, so the last columns of the view
  /// belong to the next row.
  package func from(column: Int) -> Matrix {
    Matrix(base: base + column, rows: rows, columns: columns)
  }
}

/// Reusable scratch memory of one worker: a buffer per slot, which grows to the largest size asked
/// for and stays. After the first forward pass of a size, a pass allocates nothing.
package final class Arena {
  private var buffers: [Int: FloatBuffer] = [:]

  package init() {}

  /// The matrix of a slot, its contents undefined. Invalidates the slot's former matrix.
  package func matrix(_ slot: Int, rows: Int, columns: Int) -> Matrix {
    Matrix(base: reserve(slot, rows * columns), rows: rows, columns: columns)
  }

  private func reserve(_ slot: Int, _ count: Int) -> UnsafeMutablePointer<Float> {
    if let buffer = buffers[slot], buffer.count >= count { return buffer.base }
    // A quarter more, so that batches that grow step by step do not allocate each time. What is not used is never
    // touched, so it takes no memory, and memory plans leave it out.
    let buffer = FloatBuffer(count: count + count / 4)
    buffers[slot] = buffer
    return buffer.base
  }
}
