import CParaOpenBLAS

/// OpenBLAS's fp32 matrix product, y = α · x · Wᵀ + β · y: the reference for the packed linear layers
/// and the reference decoder.
///
/// x is [tokens, inputs], W [outputs, inputs], y [tokens, outputs]. With β = 0, y is not read. OpenBLAS
/// runs on the calling thread alone; threads share W's output features. A weight in a half format is
/// converted in blocks that stay in the cache.
package enum SGEMM {
  /// Multiply-adds that are worth another thread.
  private static let grain = 1 << 18
  /// Elements that are converted at a time: 1 MiB in fp32, a core's second-level cache.
  private static let block = 1 << 18

  // OpenBLAS's own threads would compete with ours. A static runs once, before the first product.
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
        forEachBlock(of: weight, features, multiply)
      }
    }
  }

  private static func forEachBlock(
    of weight: Weight, _ features: Range<Int>,
    _ body: (UnsafePointer<Float>, Range<Int>) -> Void
  ) {
    let height = min(features.count, max(1, block / max(1, weight.columns)))
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
