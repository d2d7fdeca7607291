internal import CKernels

/// Operations on single numbers of rows.
package enum Elementwise {
  /// gate = activation(gate) ⊙ up, both [rows, columns].
  package static func gate(
    _ gate: Matrix, _ up: Matrix, by activation: GatedActivation, parallel: Parallel
  ) {
    precondition(gate.rows == up.rows && gate.columns == up.columns)
    let kernel =
      switch activation {
      case .silu: para_silu_multiply
      case .gelu: para_gelu_multiply
      case .geluTanh: para_gelu_tanh_multiply
      }
    parallel.ranges(gate.rows, grain: 1 + (1 << 14) / max(1, gate.columns)) { rows in
      kernel(gate.row(rows.lowerBound), up.row(rows.lowerBound), rows.count * gate.columns)
    }
  }

  /// x = cap · tanh(x / cap); an infinite cap leaves x as it is.
  package static func softCap(_ x: Matrix, _ cap: Float, parallel: Parallel) {
    guard cap < .infinity else { return }
    parallel.ranges(x.rows, grain: 1 + (1 << 14) / max(1, x.columns)) { rows in
      para_soft_cap(x.row(rows.lowerBound), cap, rows.count * x.columns)
    }
  }

  /// x *= factor; a factor of 1 costs nothing.
  package static func scale(_ x: Matrix, _ factor: Float) {
    if factor != 1 { para_scale(x.base, factor, x.rows * x.columns) }
  }

  /// x += y, both [rows, columns].
  package static func add(_ x: Matrix, _ y: Matrix) {
    precondition(x.rows == y.rows && x.columns == y.columns)
    para_add(x.base, y.base, x.rows * x.columns)
  }

  /// Adds one vector of `columns` numbers to every row.
  package static func addToRows(_ x: Matrix, _ vector: UnsafePointer<Float>) {
    for row in 0..<x.rows { para_add(x.row(row), vector, x.columns) }
  }

  /// Multiplies every row by one vector of `columns` numbers.
  package static func scaleRows(_ x: Matrix, _ vector: UnsafePointer<Float>) {
    for row in 0..<x.rows { para_multiply(x.row(row), vector, x.columns) }
  }
}
