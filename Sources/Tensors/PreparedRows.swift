internal import CKernels

/// Rows of activations in the numbers of one kind of product; a view of a workspace's memory.
package struct PreparedRows {
  package let rows: Int
  package let columns: Int
  let compute: ComputeType
  let base: UnsafeMutableRawPointer
  let scales: UnsafeMutablePointer<Float>

  /// Bytes from row to row: whole lines of the cache and not a multiple of a page, because rows that
  /// far apart would share few places of the cache.
  static func stride(columns: Int, _ compute: ComputeType) -> Int {
    let bytes =
      switch compute {
      case .float32: (columns + 1) / 2 * 8
      case .bfloat16: (columns + 1) / 2 * 4
      case .int8: (columns + 3) / 4 * 4
      }
    let lines = (bytes + 63) / 64 * 64
    return lines % 2048 == 0 ? lines + 64 : lines
  }

  var stride: Int { Self.stride(columns: columns, compute) }

  /// fp32 numbers of memory that so many rows need, scales included.
  package static func scratchCount(rows: Int, columns: Int, _ compute: ComputeType) -> Int {
    rows * (stride(columns: columns, compute) / 4 + 1)
  }

  package init(_ memory: Matrix, rows: Int, columns: Int, _ compute: ComputeType) {
    self.rows = rows
    self.columns = columns
    self.compute = compute
    base = UnsafeMutableRawPointer(memory.base)
    scales = memory.base + rows * Self.stride(columns: columns, compute) / 4
  }

  /// Rounds one row of `columns` numbers into its place.
  package func set(_ row: Int, _ numbers: UnsafePointer<Float>) {
    assert(row >= 0 && row < rows)
    let place = base + row * stride
    switch compute {
    case .float32:
      place.copyMemory(from: numbers, byteCount: columns * 4)
      if columns % 2 == 1 { place.storeBytes(of: 0, toByteOffset: columns * 4, as: Float.self) }
    case .bfloat16: _ = Kernels.current.prepareBfloat16(numbers, columns, place)
    case .int8: scales[row] = Kernels.current.prepareInt8(numbers, columns, place)
    }
  }

  var kernelRows: para_activations {
    para_activations(rows: base, stride: stride, scales: scales)
  }
}
