internal import CParaKernels

/// Operations on single numbers of rows.
package enum Elementwise {
  /// gate = activation(gate) ⊙ up, `count` numbers each.
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

  /// x = cap · tanh(x / cap); an infinite cap leaves x as it is.
  package static func softCap(_ x: UnsafeMutablePointer<Float>, _ cap: Float, count: Int) {
    if cap < .infinity { Kernels.current.softCap(x, cap, count) }
  }

  /// x *= factor; a factor of 1 costs nothing.
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
