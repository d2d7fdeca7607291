import Foundation
import ParaModel

/// The function between PARA's projections.
package enum GeneratorActivation: String, Sendable, CaseIterable, Codable {
  /// The exact form, x · Φ(x), which PyTorch's GELU computes by default.
  case gelu
  case relu
  case silu
  case tanh

  package func callAsFunction(_ x: Float) -> Float {
    switch self {
    case .gelu: 0.5 * x * (1 + erff(x * Float(0.5).squareRoot()))
    case .relu: max(x, 0)
    case .silu: x / (1 + expf(-x))
    case .tanh: tanhf(x)
    }
  }
}
