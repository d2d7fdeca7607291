/// Reusable scratch memory of one worker: named matrices that grow to the largest size asked for
/// and stay.
///
/// After the first pass of a size, a pass allocates nothing.
package final class Arena {
  private var buffers: [Int: FloatBuffer] = [:]

  package init() {}

  /// The matrix of a slot, its contents undefined. Asking again for the same slot ends the life of
  /// the former matrix.
  package func matrix(_ slot: Int, rows: Int, columns: Int) -> Matrix {
    Matrix(base: reserve(slot, rows * columns), rows: rows, columns: columns)
  }

  private func reserve(_ key: Int, _ count: Int) -> UnsafeMutablePointer<Float> {
    if let buffer = buffers[key], buffer.count >= count { return buffer.base }
    let buffer = FloatBuffer(count: count + count / 4)
    buffers[key] = buffer
    return buffer.base
  }
}
