internal import CParaKernels

/// Activations [tokens, inputs] quantized for linear layers of a compute type; a view of an arena's
/// memory.
package struct QuantizedActivations {
  /// Tokens.
  package let rows: Int
  /// Inputs.
  package let columns: Int
  let compute: ComputeType
  let base: UnsafeMutableRawPointer
  let scales: UnsafeMutablePointer<Float>
  /// Bytes between tokens.
  let stride: Int

  /// Bytes of an element.
  private static func elementBytes(_ compute: ComputeType) -> Int {
    switch compute {
    case .float32: 4
    case .bfloat16: Kernels.replacesBfloat16ByInt16 ? 2 : Kernels.current.bfloat16Bytes
    case .int8: Kernels.current.int8Bytes
    }
  }

  /// Bytes between tokens.
  static func stride(columns: Int, _ compute: ComputeType) -> Int {
    let group = compute == .int8 ? 4 : 2
    return CacheLine.oddStride((columns + group - 1) / group * group * elementBytes(compute))
  }

  /// Floats of memory for `rows` tokens and their scales.
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
    base = whole.base + columns.lowerBound * Self.elementBytes(compute)
    stride = whole.stride
    scales = whole.scales
  }

  /// A range of every token's inputs; its bounds are multiples of four.
  package func columns(_ range: Range<Int>) -> QuantizedActivations {
    precondition(range.lowerBound % 4 == 0 && range.count % 4 == 0 && range.upperBound <= columns)
    return QuantizedActivations(self, columns: range)
  }

  /// Quantizes one token's activations, [columns].
  ///
  /// - Parameter values: For int8 rotated in place by the Hadamard matrix that the weights are rotated
  ///   by, so that an outlier does not cost the other channels their precision (QuaRot, arXiv
  ///   2404.00456).
  package func quantize(_ row: Int, _ values: UnsafeMutablePointer<Float>) {
    if compute == .int8 {
      Kernels.current.rotateHadamard(values, columns)
      scales[row] = Kernels.current.quantizeInt8(values, columns, base + row * stride)
    } else if Self.quantizesWholeRows(compute) {
      scales[row] = Kernels.current.quantizeInt16(values, columns, base + row * stride)
    } else {
      quantize(row, 0..<columns, values)
    }
  }

  /// The Hadamard rotation of int8 runs over blocks of this many inputs, as far as they reach.
  package static let rotationBlock = 256

  /// True if tokens can only be quantized as a whole, because their elements share a scale.
  package static func quantizesWholeRows(_ compute: ComputeType) -> Bool {
    compute == .int8 || (compute == .bfloat16 && Kernels.replacesBfloat16ByInt16)
  }

  /// Quantizes a range of one token's activations. Its bounds are even, or the end. Not for compute
  /// types that quantize whole rows.
  package func quantize(_ row: Int, _ range: Range<Int>, _ values: UnsafePointer<Float>) {
    assert(row >= 0 && row < rows && !Self.quantizesWholeRows(compute) && range.lowerBound % 2 == 0)
    let rowStart = base + row * stride
    let place = rowStart + range.lowerBound * Self.elementBytes(compute)
    if compute == .float32 {
      place.copyMemory(from: values, byteCount: range.count * 4)
      if columns % 2 == 1 { rowStart.storeBytes(of: 0, toByteOffset: columns * 4, as: Float.self) }
    } else {
      _ = Kernels.current.quantizeBfloat16(values, range.count, place)
    }
  }

  /// Quantizes tokens again, from another compute type.
  func quantize(_ range: Range<Int>, from other: QuantizedActivations) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { row in
      guard let values = row.baseAddress else { return }
      for index in range {
        other.dequantize(index, into: values)
        quantize(index, values)
      }
    }
  }

  /// One token's activations in fp32; not from int8, whose elements are rotated.
  private func dequantize(_ row: Int, into values: UnsafeMutablePointer<Float>) {
    let place = base + row * stride
    if compute == .bfloat16, Kernels.replacesBfloat16ByInt16 {
      let whole = place.assumingMemoryBound(to: Int16.self)
      for index in 0..<columns { values[index] = Float(whole[index]) * scales[row] }
    } else if Self.elementBytes(compute) == 2 {
      let halves = place.assumingMemoryBound(to: UInt16.self)
      for index in 0..<columns { values[index] = Float(bitPattern: UInt32(halves[index]) << 16) }
    } else {
      values.update(from: place.assumingMemoryBound(to: Float.self), count: columns)
    }
  }

  var kernelActivations: para_activations {
    para_activations(elements: base, stride: stride, scales: scales)
  }
}
