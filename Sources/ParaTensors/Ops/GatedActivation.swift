/// The function that a gated feed-forward block applies to its gate.
package enum GatedActivation: Sendable, Hashable {
  /// x · sigmoid(x)
  case silu
  /// x · Φ(x), Φ the normal distribution function
  case gelu
  /// The same with Φ(x) ≈ ½ (1 + tanh(√(2/π) (x + 0.044715 x³)))
  case geluTanh
}
