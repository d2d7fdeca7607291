package import ParaTensors

/// An fp32 matrix of activations as a value: the reference decoder's arithmetic.
package struct Activation: Sendable, Equatable {
  package let rows: Int
  package let columns: Int
  package var values: [Float]  // row-major

  /// Zeros.
  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    values = Array(repeating: 0, count: rows * columns)
  }

  package subscript(row: Int, column: Int) -> Float {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  package func row(_ index: Int) -> ArraySlice<Float> {
    values[index * columns..<(index + 1) * columns]
  }

  /// The first rows.
  package func prefix(_ count: Int) -> Activation {
    var out = Activation(rows: count, columns: columns)
    out.values = Array(values.prefix(count * columns))
    return out
  }

  /// The matrix as kernels take it; valid in the closure alone.
  package mutating func withMatrix<Result>(_ body: (Matrix) -> Result) -> Result {
    let (rows, columns) = (rows, columns)
    return values.withUnsafeMutableBufferPointer { memory in
      guard let base = memory.baseAddress else { preconditionFailure("empty activation") }
      return body(Matrix(base: base, rows: rows, columns: columns))
    }
  }

  /// x Wᵀ, [rows, weight.rows]
  package func times(_ weight: Weight, _ parallel: Parallel) -> Activation {
    var (input, out) = (self, Activation(rows: rows, columns: weight.rows))
    input.withMatrix { input in
      out.withMatrix { SGEMM.apply(input, weight, into: $0, parallel: parallel) }
    }
    return out
  }

  // MARK: Element by element

  package mutating func map(_ transform: (Float) -> Float) {
    for index in values.indices { values[index] = transform(values[index]) }
  }

  package func zipped(
    _ other: Activation, _ combine: (Float, Float) -> Float
  ) -> Activation {
    precondition(rows == other.rows && columns == other.columns)
    var out = self
    for index in values.indices { out.values[index] = combine(values[index], other.values[index]) }
    return out
  }

  package func adding(_ other: Activation) -> Activation { zipped(other, +) }

  /// Every row with a vector, [columns], added.
  package func addingToRows(_ vector: [Float]) -> Activation { eachRow(vector, +) }

  /// Every row times a vector, [columns].
  package func scaling(by vector: [Float]) -> Activation { eachRow(vector, *) }

  private func eachRow(
    _ vector: [Float], _ combine: (Float, Float) -> Float
  ) -> Activation {
    precondition(vector.count == columns)
    var out = self
    for index in values.indices {
      out.values[index] = combine(values[index], vector[index % columns])
    }
    return out
  }
}
