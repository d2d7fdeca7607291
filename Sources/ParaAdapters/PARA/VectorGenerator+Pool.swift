import Foundation
import ParaTensors

extension VectorGenerator {
  /// One state of a prompt's: `pooled` has as many numbers as the prompt has columns.
  func pool(_ prompt: Matrix, into pooled: UnsafeMutablePointer<Float>) {
    switch pool {
    case .last: pooled.update(from: prompt.row(prompt.rows - 1), count: prompt.columns)
    case .first: pooled.update(from: prompt.row(0), count: prompt.columns)
    case .mean, .attention:
      withScratch(prompt.rows) { shares in
        weigh(prompt, into: UnsafeMutableBufferPointer(start: shares, count: prompt.rows))
        pooled.update(repeating: 0, count: prompt.columns)
        for row in 0..<prompt.rows {
          Elementwise.add(pooled, prompt.row(row), times: shares[row], count: prompt.columns)
        }
      }
    }
  }

  /// The share of each of the prompt's rows.
  private func weigh(_ prompt: Matrix, into shares: UnsafeMutableBufferPointer<Float>) {
    guard let poolQuery else {
      for row in shares.indices { shares[row] = 1 / Float(prompt.rows) }
      return
    }
    let scale = 1 / Float(prompt.columns).squareRoot()
    for row in shares.indices {
      shares[row] =
        Elementwise.dot(prompt.row(row), poolQuery.base, count: prompt.columns) * scale
    }
    let greatest = shares.max() ?? 0
    var total: Float = 0
    for row in shares.indices {
      shares[row] = expf(shares[row] - greatest)
      total += shares[row]
    }
    for row in shares.indices { shares[row] /= total }
  }

  /// Scratch memory for so many numbers, uninitialised.
  func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { memory in
      if let base = memory.baseAddress { body(base) }
    }
  }
}
