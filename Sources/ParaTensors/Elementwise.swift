internal import CParaKernels

/// Elementwise operations on vectors of `count` elements.
package enum Elementwise {
  /// gate = activation(gate) ⊙ up
  package static func gate(
    _ gate: UnsafeMutablePointer<Float>, _ up: UnsafePointer<Float>, count: Int,
    by activation: GatedActivation
  ) {
    switch activation {
    case .silu: Kernels.current.siluMultiply(gate, up, count)
    case .gelu: Kernels.current.geluMultiply(gate, up, count)
    case .geluTanh: Kernels.current.geluTanhMultiply(gate, up, count)
    }
  }

  /// x = cap · tanh(x / cap); nothing if the cap is infinite.
  package static func softCap(_ x: UnsafeMutablePointer<Float>, _ cap: Float, count: Int) {
    if cap < .infinity { Kernels.current.softCap(x, cap, count) }
  }

  /// x *= factor; nothing if the factor is 1.
  package static func scale(_ x: UnsafeMutablePointer<Float>, _ factor: Float, count: Int) {
    if factor != 1 { Kernels.current.scale(x, factor, count) }
  }

  /// x += y
  package static func add(
    _ x: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, count: Int
  ) { Kernels.current.add(x, y, count) }

  /// x += factor · y
  package static func add(
    _ x: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, times factor: Float, count: Int
  ) { Kernels.current.addScaled(x, factor, y, count) }

  /// x ⊙= y
  package static func multiply(
    _ x: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, count: Int
  ) { Kernels.current.multiply(x, y, count) }

  /// Σ x ⊙ y
  package static func dot(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int
  ) -> Float { Kernels.current.dot(x, y, count) }
}

/// The activation of a gated feed-forward block.
package enum GatedActivation: Sendable, Hashable {
  /// x · sigmoid(x)
  case silu
  /// x · Φ(x), Φ being the normal distribution function
  case gelu
  /// gelu with Φ(x) ≈ ½ (1 + tanh(√(2/π) (x + 0.044715 x³)))
  case geluTanh
}

/// Root-mean-square norm of one row: out = x / √(mean(x²) + ε) ⊙ weight (Zhang and Sennrich, 2019).
package enum RMSNorm {
  package static func apply(
    _ x: UnsafePointer<Float>, weight: Weight, epsilon: Float,
    into out: UnsafeMutablePointer<Float>
  ) {
    Kernels.current.rmsNorm(x, weight.base, epsilon, weight.count, out)
  }
}
