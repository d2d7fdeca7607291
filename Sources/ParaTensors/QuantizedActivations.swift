internal import CParaKernels

/// Rows of activations in the numbers of one kind of product; a view of a arena's memory.
package struct QuantizedActivations {
  package let rows: Int
  package let columns: Int
  let compute: ComputeType
  let base: UnsafeMutableRawPointer
  let scales: UnsafeMutablePointer<Float>
  /// Bytes from row to row.
  let stride: Int

  /// Bytes of a number.
  private static func numberBytes(_ compute: ComputeType) -> Int {
    switch compute {
    case .float32: 4
    case .bfloat16: Kernels.replacesBfloat16ByInt16 ? 2 : Kernels.current.bfloat16Bytes
    case .int8: Kernels.current.int8Bytes
    }
  }

  /// Bytes from row to row.
  static func stride(columns: Int, _ compute: ComputeType) -> Int {
    let group = compute == .int8 ? 4 : 2
    return CacheLine.oddStride((columns + group - 1) / group * group * numberBytes(compute))
  }

  /// fp32 numbers of memory that so many rows need, scales included.
  package static func scratchCount(rows: Int, columns: Int, _ compute: ComputeType) -> Int {
    rows * (stride(columns: columns, compute) / 4 + 1)
  }

  package init(_ memory: Matrix, rows: Int, columns: Int, _ compute: ComputeType) {
    self.rows = rows
    self.columns = columns
    self.compute = compute
    base = UnsafeMutableRawPointer(memory.base)
    stride = Self.stride(columns: columns, compute)
    scales = memory.base + rows * stride / 4
  }

  private init(_ whole: QuantizedActivations, columns: Range<Int>) {
    rows = whole.rows
    self.columns = columns.count
    compute = whole.compute
    base = whole.base + columns.lowerBound * Self.numberBytes(compute)
    stride = whole.stride
    scales = whole.scales
  }

  /// Some numbers of every row, from a multiple of four on and as many.
  package func columns(_ range: Range<Int>) -> QuantizedActivations {
    precondition(range.lowerBound % 4 == 0 && range.count % 4 == 0 && range.upperBound <= columns)
    return QuantizedActivations(self, columns: range)
  }

  /// Rounds one row of `columns` numbers into its place.
  ///
  /// - Parameter numbers: Changed where products run on int8: they are mixed as the weights are, for
  ///   one large number would cost all others of the row their precision (QuaRot, arXiv 2404.00456).
  package func quantize(_ row: Int, _ numbers: UnsafeMutablePointer<Float>) {
    if compute == .int8 {
      Kernels.current.hadamard(numbers, columns)
      scales[row] = Kernels.current.prepareInt8(numbers, columns, base + row * stride)
    } else if Self.quantizesWholeRows(compute) {
      scales[row] = Kernels.current.prepareInt16(numbers, columns, base + row * stride)
    } else {
      quantize(row, 0..<columns, numbers)
    }
  }

  /// Numbers of an int8 row that are mixed with each other, from the first on, while there are so many.
  package static let rotationBlock = 256

  /// True if a row is rounded only as a whole, because all its numbers share a scale.
  package static func quantizesWholeRows(_ compute: ComputeType) -> Bool {
    compute == .int8 || (compute == .bfloat16 && Kernels.replacesBfloat16ByInt16)
  }

  /// Rounds some numbers of one row, from an even one on and up to an even one or the last, into
  /// their place; not where rows are whole.
  package func quantize(_ row: Int, _ range: Range<Int>, _ numbers: UnsafePointer<Float>) {
    assert(row >= 0 && row < rows && !Self.quantizesWholeRows(compute) && range.lowerBound % 2 == 0)
    let rowStart = base + row * stride
    let place = rowStart + range.lowerBound * Self.numberBytes(compute)
    if compute == .float32 {
      place.copyMemory(from: numbers, byteCount: range.count * 4)
      if columns % 2 == 1 { rowStart.storeBytes(of: 0, toByteOffset: columns * 4, as: Float.self) }
    } else {
      _ = Kernels.current.prepareBfloat16(numbers, range.count, place)
    }
  }

  /// Rounds rows anew that were in other numbers.
  func quantize(_ range: Range<Int>, from other: QuantizedActivations) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { row in
      guard let numbers = row.baseAddress else { return }
      for index in range {
        other.widen(index, into: numbers)
        quantize(index, numbers)
      }
    }
  }

  /// The numbers of one row; not of int8, whose numbers are mixed.
  private func widen(_ row: Int, into numbers: UnsafeMutablePointer<Float>) {
    let place = base + row * stride
    if compute == .bfloat16, Kernels.replacesBfloat16ByInt16 {
      let whole = place.assumingMemoryBound(to: Int16.self)
      for index in 0..<columns { numbers[index] = Float(whole[index]) * scales[row] }
    } else if Self.numberBytes(compute) == 2 {
      let halves = place.assumingMemoryBound(to: UInt16.self)
      for index in 0..<columns { numbers[index] = Float(bitPattern: UInt32(halves[index]) << 16) }
    } else {
      numbers.update(from: place.assumingMemoryBound(to: Float.self), count: columns)
    }
  }

  var kernelRows: para_activations {
    para_activations(rows: base, stride: stride, scales: scales)
  }
}
