extension Weight {
  /// Writes the rows of a range as fp32, [range.count, columns], exactly.
  package func copyRows(_ range: Range<Int>, into out: UnsafeMutablePointer<Float>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    let start = bytes + range.lowerBound * columns * format.bytes
    Widen.numbers(start, format, count: range.count * columns, into: out)
  }

  /// The weight in fp32: itself, or a copy.
  package var upcast: Weight {
    guard format != .float32 else { return self }
    let buffer = FloatBuffer(count: count)
    copyRows(0..<rows, into: buffer.base)
    return Weight(buffer, rows: rows, columns: columns)
  }

  /// The fp32 numbers of the transpose, [columns, rows].
  package func transposed() -> FloatBuffer {
    let numbers = upcast
    let out = FloatBuffer(count: count)
    for row in 0..<rows {
      for column in 0..<columns {
        out.base[column * rows + row] = numbers.base[row * columns + column]
      }
    }
    return out
  }

  /// A copy in fp32, every number times a factor.
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
