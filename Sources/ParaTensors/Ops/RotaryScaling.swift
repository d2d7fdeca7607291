import Foundation

/// How rotary frequencies are stretched for contexts longer than a model was first trained for.
///
/// Sources: `linear` is Chen et al., 2023, "Extending Context Window of Large Language Models via
/// Positional Interpolation"; `llama3` is Llama 3.1's, as transformers' `rope_type` of that name.
package enum RotaryScaling: Sendable, Hashable {
  case none
  /// Every frequency divided by `factor`.
  case linear(factor: Float)
  /// Frequencies that turn fewer than `lowTurns` times in `originalContext` positions are divided
  /// by `factor`, those that turn more than `highTurns` times kept, and the rest interpolated.
  case llama3(factor: Float, lowTurns: Float, highTurns: Float, originalContext: Float)

  /// The angle per position of each pair of a head, [headSize / 2]; in fp32 throughout, as
  /// transformers computes them.
  func frequencies(headSize: Int, theta: Double) -> [Float] {
    (0..<headSize / 2).map {
      scaled(1 / powf(Float(theta), Float(2 * $0) / Float(headSize)))
    }
  }

  private func scaled(_ frequency: Float) -> Float {
    switch self {
    case .none: return frequency
    case .linear(let factor): return frequency / factor
    case .llama3(let factor, let lowTurns, let highTurns, let originalContext):
      let wavelength = 2 * Float.pi / frequency
      if wavelength < originalContext / highTurns { return frequency }
      if wavelength > originalContext / lowTurns { return frequency / factor }
      let smooth = (originalContext / wavelength - lowTurns) / (highTurns - lowTurns)
      return (1 - smooth) * frequency / factor + smooth * frequency
    }
  }
}
