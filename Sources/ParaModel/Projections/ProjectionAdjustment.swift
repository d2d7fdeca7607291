package import ParaTensors

/// What an adapter changes at one projection, whatever its kind:
///
///     y' = scale ⊙ (W x' + bias + B (A x') · factor)      x' = inputScale ⊙ x
///
/// A nil part is the identity. LoRA has `lowRank`, BitFit `bias`, (IA)³ `scale` or `inputScale`;
/// PARA's scales are made from each prompt instead, by a `PromptVectorGenerator`.
package struct ProjectionAdjustment: Sendable {
  package var scale: Weight?  // [1, outputSize]
  package var bias: Weight?  // [1, outputSize]
  package var lowRank: LowRankUpdate?
  package var inputScale: Weight?  // [1, inputSize]

  package init(scale: Weight? = nil, bias: Weight? = nil, lowRank: LowRankUpdate? = nil) {
    self.scale = scale
    self.bias = bias
    self.lowRank = lowRank
  }
}

/// LoRA's update of a projection: B (A x) · factor, with factor = α/r (arXiv 2106.09685).
package struct LowRankUpdate: Sendable {
  package var a: Weight  // [rank, inputSize], as PEFT's `lora_A.weight`
  package var b: Weight  // [outputSize, rank], as PEFT's `lora_B.weight`
  package var factor: Float

  package init(a: Weight, b: Weight, factor: Float) {
    self.a = a
    self.b = b
    self.factor = factor
  }

  package var rank: Int { a.rows }
}
