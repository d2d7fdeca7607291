import CParaOpenBLAS

/// y = α · x · Wᵀ + β · y through OpenBLAS: the fp32 reference that the packed products are checked
/// against, and what training runs on.
///
/// x is [rows, W.columns], y is [rows, W.rows]. With β = 0 the old contents of y are not read.
/// OpenBLAS runs on the calling thread alone; `parallel` cuts W's rows (the output features)
/// between threads. A weight in a half format is widened panel by panel, each while it is in cache.
package enum SGEMM {
  /// Below this many multiply-adds a second thread costs more than it gives.
  private static let grain = 1 << 18
  /// Numbers that are widened at a time: 1 MiB in fp32, the second-level cache of one core.
  private static let panel = 1 << 18

  // OpenBLAS's own threads would compete with ours; a static is set up once, before the first
  // product.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  package static func apply(
    _ x: Matrix, _ weight: Weight, into y: Matrix, alpha: Float = 1, beta: Float = 0,
    parallel: Parallel
  ) {
    precondition(x.columns == weight.columns && y.columns == weight.rows && x.rows == y.rows)
    guard x.rows > 0, weight.rows > 0 else { return }
    _ = singleThreaded
    func multiply(_ base: UnsafePointer<Float>, _ features: Range<Int>) {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, blasint(x.rows), blasint(features.count),
        blasint(x.columns), alpha, x.base, blasint(x.columns), base, blasint(weight.columns), beta,
        y.base + features.lowerBound, blasint(y.columns))
    }
    let featureCost = max(1, x.rows * x.columns)
    parallel.ranges(weight.rows, grain: max(16, grain / featureCost)) { features in
      if weight.format == .float32 {
        multiply(weight.row(features.lowerBound), features)
      } else {
        forEachPanel(of: weight, features, multiply)
      }
    }
  }

  private static func forEachPanel(
    of weight: Weight, _ features: Range<Int>,
    _ body: (UnsafePointer<Float>, Range<Int>) -> Void
  ) {
    let height = min(features.count, max(1, panel / max(1, weight.columns)))
    withUnsafeTemporaryAllocation(of: Float.self, capacity: height * weight.columns) { memory in
      guard let base = memory.baseAddress else { return }
      for first in stride(from: features.lowerBound, to: features.upperBound, by: height) {
        let rows = first..<min(first + height, features.upperBound)
        weight.copyRows(rows, into: base)
        body(base, rows)
      }
    }
  }
}
