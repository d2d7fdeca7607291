internal import CParaKernels

/// An immutable parameter [rows, columns]; as in PyTorch's `Linear`, a row per output feature.
///
/// Elements stay in the data type in which they are stored. `owner` owns the memory: a `FloatBuffer`,
/// or the memory-mapped file.
package struct Weight: @unchecked Sendable {
  /// The data type in which elements are stored, by its name in safetensors.
  package enum Format: String, Sendable, Codable {
    case float32 = "F32"
    case bfloat16 = "BF16"
    case float16 = "F16"

    package var bytes: Int { self == .float32 ? 4 : 2 }

    /// Converts `count` stored elements, at any alignment, to fp32, exactly.
    func upcast(_ elements: UnsafeRawPointer, count: Int, into out: UnsafeMutablePointer<Float>) {
      switch self {
      case .float32: UnsafeMutableRawPointer(out).copyMemory(from: elements, byteCount: count * 4)
      case .bfloat16: para_upcast_bfloat16(elements, count, out)
      case .float16: para_upcast_float16(elements, count, out)
      }
    }
  }

  package let format: Format
  /// [rows, columns] elements; half formats need no alignment.
  package let bytes: UnsafeRawPointer
  package let rows: Int
  package let columns: Int
  private let owner: any AnyObject & Sendable

  package init(
    bytes: UnsafeRawPointer, format: Format, rows: Int, columns: Int,
    owner: any AnyObject & Sendable
  ) {
    precondition(format != .float32 || Int(bitPattern: bytes) % 4 == 0)
    self.format = format
    self.bytes = bytes
    self.rows = rows
    self.columns = columns
    self.owner = owner
  }

  package init(base: UnsafePointer<Float>, rows: Int, columns: Int, owner: any AnyObject & Sendable)
  {
    self.init(bytes: base, format: .float32, rows: rows, columns: columns, owner: owner)
  }

  /// Takes a buffer of rows × columns elements, which must not be written any more.
  package init(_ buffer: FloatBuffer, rows: Int, columns: Int) {
    precondition(buffer.count == rows * columns)
    self.init(base: UnsafePointer(buffer.base), rows: rows, columns: columns, owner: buffer)
  }

  /// Some of the rows, in the same memory.
  package func slice(rows range: Range<Int>) -> Weight {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    return Weight(
      bytes: bytes + range.lowerBound * columns * format.bytes, format: format, rows: range.count,
      columns: columns, owner: owner)
  }

  package var count: Int { rows * columns }
  package var byteCount: Int { count * format.bytes }

  /// The elements of an fp32 weight.
  package var base: UnsafePointer<Float> {
    precondition(format == .float32)
    return bytes.assumingMemoryBound(to: Float.self)
  }

  /// A row of an fp32 weight.
  package func row(_ index: Int) -> UnsafePointer<Float> {
    assert(index >= 0 && index < rows)
    return base + index * columns
  }
}

extension Weight {
  /// Writes a range of rows as fp32, [range.count, columns], exactly.
  package func copyRows(_ range: Range<Int>, into out: UnsafeMutablePointer<Float>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    let start = bytes + range.lowerBound * columns * format.bytes
    format.upcast(start, count: range.count * columns, into: out)
  }

  /// The weight in fp32: itself, or a copy that is converted.
  package var upcast: Weight {
    guard format != .float32 else { return self }
    let buffer = FloatBuffer(count: count)
    copyRows(0..<rows, into: buffer.base)
    return Weight(buffer, rows: rows, columns: columns)
  }

  /// The transpose in fp32, [columns, rows].
  package func transposed() -> FloatBuffer {
    let source = upcast
    let out = FloatBuffer(count: count)
    for row in 0..<rows {
      for column in 0..<columns {
        out.base[column * rows + row] = source.base[row * columns + column]
      }
    }
    return out
  }

  /// A copy in fp32, times a factor.
  package func scaled(by factor: Float) -> Weight {
    let buffer = FloatBuffer(count: count)
    copyRows(0..<rows, into: buffer.base)
    Elementwise.scale(buffer.base, factor, count: count)
    return Weight(buffer, rows: rows, columns: columns)
  }

  package var array: [Float] {
    Array(unsafeUninitializedCapacity: count) { buffer, filled in
      if let base = buffer.baseAddress { copyRows(0..<rows, into: base) }
      filled = count
    }
  }
}

/// Weights of random models.
package enum RandomTensor {
  /// Fills `out` with bf16 elements, uniform in [−bound, bound). Element i depends on the seed and on
  /// first + i only, so a tensor can be filled part by part, by any number of threads.
  package static func fillBfloat16(
    seed: UInt64, first: Int, bound: Float, into out: UnsafeMutableBufferPointer<UInt16>,
    parallel: Parallel
  ) {
    guard let base = out.baseAddress else { return }
    parallel.ranges(out.count, grain: 1 << 16) { range in
      para_random_bfloat16(
        seed, UInt64(first + range.lowerBound), bound, range.count, base + range.lowerBound)
    }
  }
}
