internal import CKernels

/// The best tokens of one row of logits.
package enum TopCandidates {
  /// log Σ exp(logits): what turns a logit into a log-probability when it is taken away.
  package static func logSumExp(_ logits: UnsafePointer<Float>, vocabulary: Int) -> Float {
    para_log_sum_exp(logits, vocabulary)
  }

  /// At most `count` tokens by falling logit, ties by rising token. NaN never ranks.
  package static func largest(
    _ logits: UnsafePointer<Float>, vocabulary: Int, count: Int
  ) -> [(token: Int32, logit: Float)] {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { tokens in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { values in
        let found = para_largest(
          logits, vocabulary, count, tokens.baseAddress, values.baseAddress)
        return (0..<found).map { (tokens[$0], values[$0]) }
      }
    }
  }
}
