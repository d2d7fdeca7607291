internal import CParaKernels

/// Numbers for models that are made up on the spot.
package enum RandomTensor {
  /// Fills `out` with bf16 numbers evenly spread over [−bound, bound): number i depends on the seed
  /// and on first + i alone, so a tensor may be made part by part, by any number of threads.
  package static func fillBfloat16(
    seed: UInt64, first: Int, bound: Float, into out: UnsafeMutableBufferPointer<UInt16>,
    parallel: Parallel
  ) {
    guard let base = out.baseAddress else { return }
    parallel.ranges(out.count, grain: 1 << 16) { range in
      para_random_bfloat16(
        seed, UInt64(first + range.lowerBound), bound, range.count, base + range.lowerBound)
    }
  }
}
