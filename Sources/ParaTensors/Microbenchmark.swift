internal import CParaKernels

/// Work that nothing of a model is in, to measure what the machine can do at most.
package enum Microbenchmark {
  /// Rounds of one call: some hundred microseconds on a fast processor.
  private static let rounds = 1 << 15

  /// Multiplies and adds in registers, as fast as the kernels' instruction set can.
  ///
  /// - Returns: The operations done, a multiply-add being two.
  package static func compute(_ compute: ComputeType) -> Int {
    switch compute {
    case .float32: Kernels.current.peakFloat32(rounds)
    case .bfloat16: Kernels.current.peakBfloat16(rounds)
    case .int8: Kernels.current.peakInt8(rounds)
    }
  }

  /// Reads a part of a block, to whole 256 bytes.
  package static func read(_ block: MemoryBlock, _ bytes: Range<Int>) {
    Kernels.current.readLines(block.base + bytes.lowerBound, bytes.count)
  }
}
