internal import CParaKernels

/// Root-mean-square norm of one row: out = x / √(mean(x²) + ε) ⊙ weight (Zhang and Sennrich, 2019).
package enum RMSNorm {
  package static func apply(
    _ x: UnsafePointer<Float>, weight: Weight, epsilon: Float,
    into out: UnsafeMutablePointer<Float>
  ) {
    Kernels.current.rmsNorm(x, weight.base, epsilon, weight.count, out)
  }
}
