package import ParaTensors

/// What an adapter changes at one projection: y' = scale ⊙ (W x' + bias + B (A x') · factor), with
/// x' = inputScale ⊙ x. A nil part is the identity.
package struct SiteAdjustment: Sendable {
  package var scale: Weight?  // [1, outputSize]
  package var bias: Weight?  // [1, outputSize]
  package var lowRank: LowRank?
  package var inputScale: Weight?  // [1, inputSize]

  package init(scale: Weight? = nil, bias: Weight? = nil, lowRank: LowRank? = nil) {
    self.scale = scale
    self.bias = bias
    self.lowRank = lowRank
  }

  /// LoRA's update B (A x) · factor, factor = α/r.
  package struct LowRank: Sendable {
    package var down: Weight  // A: [rank, inputSize]
    package var up: Weight  // B: [outputSize, rank]
    package var factor: Float

    package init(down: Weight, up: Weight, factor: Float) {
      self.down = down
      self.up = up
      self.factor = factor
    }

    package var rank: Int { down.rows }
  }
}
