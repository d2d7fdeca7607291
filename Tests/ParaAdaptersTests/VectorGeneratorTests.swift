import Foundation
import ParaAdapters
import ParaModel
import ParaTensors
import Testing

@Suite struct VectorGeneratorTests {
  /// Three tokens of two numbers.
  private let prompt = FloatBuffer([1, 2, 3, -1, -2, 4])

  /// With an identity for W_down and W_up and no activation to speak of, what comes out is the
  /// pooled state.
  private func pooled(_ pool: PromptPool, query: [Float]? = nil) -> [Float] {
    let identity = Weight(FloatBuffer([1, 0, 0, 1]), rows: 2, columns: 2)
    let shift = Weight(FloatBuffer([10, 10]), rows: 1, columns: 2)
    let generator = VectorGenerator(
      pool: pool, poolQuery: query.map { Weight(FloatBuffer($0), rows: 1, columns: 2) },
      activation: .relu, down: identity, up: identity, bias: shift,
      parts: ProjectionTable(repeating: nil))
    let vectors = FloatBuffer(count: 2)
    generator.generate(
      from: Matrix(base: prompt.base, rows: 3, columns: 2), into: vectors.base)
    return vectors.array.map { $0 - 10 }
  }

  /// relu cuts what is below 0.
  @Test func poolsAreTheirFormulas() {
    #expect(pooled(.last) == [0, 4])
    #expect(pooled(.first) == [1, 2])
    let mean = pooled(.mean)
    #expect(abs(mean[0] - 2.0 / 3) < 1e-5 && abs(mean[1] - 5.0 / 3) < 1e-5)
  }

  /// softmax over h · q / √2 with q = (√2, 0): weights e¹, e³, e⁻² over their sum.
  @Test func attentionPoolWeighsByItsQuery() {
    let weights = [1.0, 3, -2].map { exp($0) }
    let total = weights.reduce(0, +)
    let expected = [
      (weights[0] + 3 * weights[1] - 2 * weights[2]) / total,
      max(0, (2 * weights[0] - weights[1] + 4 * weights[2]) / total),
    ]
    let found = pooled(.attention, query: [Float(2).squareRoot(), 0])
    for (value, expected) in zip(found, expected) { #expect(abs(Double(value) - expected) < 1e-5) }
    // No preference is the mean.
    #expect(abs(pooled(.attention, query: [0, 0])[1] - 5.0 / 3) < 1e-5)
  }

  /// PyTorch 2.9: torch.nn.functional.gelu, relu, silu and tanh of 0.625 and of −1.
  @Test(arguments: [
    (GeneratorActivation.gelu, Float(0.458_759_07), Float(-0.158_655_25)), (.relu, 0.625, 0),
    (.silu, 0.407_096_8, -0.268_941_4), (.tanh, 0.554_599_7, -0.761_594_2),
  ])
  func activations(activation: GeneratorActivation, positive: Float, negative: Float) {
    #expect(abs(activation(0.625) - positive) < 1e-6)
    #expect(abs(activation(-1) - negative) < 1e-6)
  }
}
