internal import CKernels

/// Root-mean-square norm of every row: out = x / √(mean(x²) + ε) ⊙ weight (Zhang and Sennrich,
/// 2019).
package enum RMSNorm {
  package static func apply(
    _ x: Matrix, weight: Weight, epsilon: Float, into out: Matrix, parallel: Parallel
  ) {
    precondition(weight.count == x.columns && out.columns == x.columns && out.rows == x.rows)
    parallel.ranges(x.rows, grain: 1 + (1 << 16) / max(1, x.columns)) { rows in
      for row in rows {
        para_rms_norm(x.row(row), weight.base, epsilon, x.columns, out.row(row))
      }
    }
  }
}
