internal import CParaKernels
import Foundation

/// Reductions of a whole row of logits, for rows that logits processors edit or that are sampled.
package enum LogitRow {
  /// log Σ exp(logits): block by block, so the same bits as a scan of ``LMHead``. NaN if any logit is.
  ///
  /// - Parameter logits: [vocabulary]
  package static func logSumExp(_ logits: UnsafePointer<Float>, vocabulary: Int) -> Float {
    let blocks = LMHead.blocks(vocabulary: vocabulary)
    let count = BlockStatistics.count(rows: 1, blocks: blocks)
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { memory in
      guard let base = memory.baseAddress else { return -.infinity }
      let statistics = BlockStatistics(base, blocks: blocks)
      for block in 0..<blocks {
        let first = block * LMHead.blockSize
        let count = min(LMHead.blockSize, vocabulary - first)
        let largest = Kernels.current.largest(logits + first, count)
        statistics.set(
          0, block, largest: largest,
          sumOfExp: Kernels.current.sumOfExp(logits + first, count, largest))
      }
      return statistics.logSumExp(row: 0)
    }
  }

  /// At most `count` tokens in descending order of logit, ties in ascending order of token. NaN never
  /// ranks.
  ///
  /// - Parameter logits: [vocabulary]
  package static func topK(
    _ logits: UnsafePointer<Float>, vocabulary: Int, count: Int
  ) -> [(token: Int32, logit: Float)] {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { tokens in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { values in
        let found = Kernels.current.keepLargest(
          logits, vocabulary, 0, count, 0, tokens.baseAddress, values.baseAddress)
        return (0..<found).map { (tokens[$0], values[$0]) }
      }
    }
  }
}

/// For each row and vocabulary block the largest logit m and Σ exp(x − m): what an online
/// log-sum-exp needs (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018).
package struct BlockStatistics {
  private let base: UnsafeMutablePointer<Float>  // [rows, blocks, 2]
  private let blocks: Int

  package init(_ base: UnsafeMutablePointer<Float>, blocks: Int) {
    self.base = base
    self.blocks = blocks
  }

  /// Floats of memory.
  package static func count(rows: Int, blocks: Int) -> Int { 2 * rows * blocks }

  func set(_ row: Int, _ block: Int, largest: Float, sumOfExp: Float) {
    let pair = base + (row * blocks + block) * 2
    (pair[0], pair[1]) = (largest, sumOfExp)
  }

  /// log Σ exp over all blocks, always added in the blocks' order; NaN if one of them holds NaN.
  package func logSumExp(row: Int) -> Float {
    let pairs = UnsafeBufferPointer(start: base + row * blocks * 2, count: blocks * 2)
    var largest = -Float.infinity
    for index in stride(from: 0, to: pairs.count, by: 2) { largest = max(largest, pairs[index]) }
    var sum = 0.0
    for index in stride(from: 0, to: pairs.count, by: 2) where pairs[index + 1] != 0 {
      sum += Double(pairs[index + 1]) * exp(Double(pairs[index] - largest))
    }
    return sum == 0 ? largest : largest + Float(log(sum))
  }
}
