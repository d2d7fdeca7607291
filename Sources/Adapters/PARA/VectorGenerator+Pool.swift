import Foundation
import Tensors

extension VectorGenerator {
  /// One state of a prompt's: `pooled` has as many numbers as the prompt has columns.
  func pool(_ prompt: Matrix, into pooled: UnsafeMutablePointer<Float>) {
    switch pool {
    case .last: pooled.update(from: prompt.row(prompt.rows - 1), count: prompt.columns)
    case .first: pooled.update(from: prompt.row(0), count: prompt.columns)
    case .mean, .attention:
      withScratch(prompt.rows) { weights in
        weigh(prompt, into: weights)
        sum(prompt, weights.base, into: pooled)
      }
    }
  }

  /// The share of each of the prompt's rows; `weights` is [1, rows].
  private func weigh(_ prompt: Matrix, into weights: Matrix) {
    let shares = UnsafeMutableBufferPointer(start: weights.base, count: prompt.rows)
    guard let poolQuery else {
      for row in shares.indices { shares[row] = 1 / Float(prompt.rows) }
      return
    }
    MatrixProduct.apply(
      prompt, poolQuery, into: Matrix(base: weights.base, rows: prompt.rows, columns: 1),
      alpha: 1 / Float(prompt.columns).squareRoot(), parallel: Parallel(threads: 1))
    let greatest = shares.max() ?? 0
    var total: Float = 0
    for row in shares.indices {
      shares[row] = expf(shares[row] - greatest)
      total += shares[row]
    }
    for row in shares.indices { shares[row] /= total }
  }

  private func sum(
    _ prompt: Matrix, _ shares: UnsafeMutablePointer<Float>,
    into pooled: UnsafeMutablePointer<Float>
  ) {
    pooled.update(repeating: 0, count: prompt.columns)
    for row in 0..<prompt.rows {
      let (state, share) = (prompt.row(row), shares[row])
      for column in 0..<prompt.columns { pooled[column] += share * state[column] }
    }
  }

  /// One row of scratch memory, uninitialised.
  func withScratch(_ columns: Int, _ body: (Matrix) -> Void) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { memory in
      guard let base = memory.baseAddress else { return }
      body(Matrix(base: base, rows: 1, columns: columns))
    }
  }
}
