import Foundation

/// What a layer's rotary embedding depends on; layers of equal parameters share a table.
package struct RotaryParameters: Sendable, Hashable {
  /// The leading features of each head that are rotated, an even count; 0 for no rotary embedding.
  package var dimensions: Int
  package var theta: Double
  package var scaling: RotaryScaling

  package init(dimensions: Int, theta: Double, scaling: RotaryScaling = .none) {
    self.dimensions = dimensions
    self.theta = theta
    self.scaling = scaling
  }

  /// No rotary embedding: queries and keys stay as they are.
  package static let none = RotaryParameters(dimensions: 0, theta: 1)
}

/// How rotary frequencies are scaled for contexts longer than a model was first trained for.
///
/// Sources: `linear` is Chen et al., 2023, "Extending Context Window of Large Language Models via
/// Positional Interpolation"; `llama3` is Llama 3.1's, as transformers' `rope_type` of that name;
/// `longRope` is Ding et al., 2024, "LongRoPE".
package enum RotaryScaling: Sendable, Hashable {
  case none
  /// Every frequency divided by `factor`.
  case linear(factor: Float)
  /// Frequencies that turn fewer than `lowTurns` times in `originalContext` positions are divided
  /// by `factor`, those that turn more than `highTurns` times kept, and the rest interpolated.
  case llama3(factor: Float, lowTurns: Float, highTurns: Float, originalContext: Float)
  /// Each frequency divided by its own factor, [rotated features / 2], and all cosines and sines
  /// multiplied by `magnitude`.
  case longRope(factors: [Float], magnitude: Float)

  /// What cosines and sines are multiplied by.
  var magnitude: Float {
    if case .longRope(_, let magnitude) = self { magnitude } else { 1 }
  }

  /// The angle per position of each rotated pair of features, [dimensions / 2]; in fp32 throughout,
  /// as transformers computes them.
  func frequencies(dimensions: Int, theta: Double) -> [Float] {
    (0..<dimensions / 2).map { pair in
      scaled(powf(Float(theta), Float(2 * pair) / Float(dimensions)), pair)
    }
  }

  /// - Parameter period: Positions per radian: the reciprocal of the unscaled frequency.
  private func scaled(_ period: Float, _ pair: Int) -> Float {
    let frequency = 1 / period
    switch self {
    case .none: return frequency
    case .linear(let factor): return frequency / factor
    case .longRope(let factors, _): return 1 / (factors[pair] * period)
    case .llama3(let factor, let lowTurns, let highTurns, let originalContext):
      let wavelength = 2 * Float.pi / frequency
      if wavelength < originalContext / highTurns { return frequency }
      if wavelength > originalContext / lowTurns { return frequency / factor }
      let smooth = (originalContext / wavelength - lowTurns) / (highTurns - lowTurns)
      return (1 - smooth) * frequency / factor + smooth * frequency
    }
  }
}
