internal import CParaKernels

/// One whole row of logits: for rows whose logits get edited or sampled from.
package enum LogitRow {
  /// log Σ exp(logits), the same bits that `VocabularyHead` gives.
  package static func logSumExp(_ logits: UnsafePointer<Float>, vocabulary: Int) -> Float {
    let size = VocabularyHead.partSize
    var parts: [Float] = []
    for first in stride(from: 0, to: vocabulary, by: size) {
      let count = min(size, vocabulary - first)
      let largest = Kernels.current.largest(logits + first, count)
      parts.append(largest)
      parts.append(Kernels.current.sumOfExp(logits + first, count, largest))
    }
    return parts.withUnsafeBufferPointer(VocabularyHead.logSumExp)
  }

  /// At most `count` tokens by falling logit, ties by rising token. NaN never ranks.
  package static func largest(
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
