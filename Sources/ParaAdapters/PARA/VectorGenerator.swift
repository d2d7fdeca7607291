package import ParaModel
package import ParaTensors

/// PARA's generator of one layer: activation(pool(h) · W_down) · W_up + b_up, split over its projections.
///
/// Source: "Parameter-Efficient Fine-tuning with Prompt Aware Representation Adjustment", arXiv
/// 2502.01033, section 3. h are the states of the prompt's tokens where they enter the layer,
/// before the layer's input norm.
package struct VectorGenerator: PromptVectorGenerator {
  package let pool: PromptPool
  /// The query of an attention pool, [1, hidden].
  package let poolQuery: Weight?
  package let activation: GeneratorActivation
  /// [rank, hidden]: the transpose of the paper's W_down, as PyTorch's Linear keeps it.
  package let down: Weight
  /// [rank, outputSize]: as in the paper, the transpose of PyTorch's, so that a row's sum runs over
  /// neighbouring outputs.
  private let up: FloatBuffer
  package let bias: Weight?  // [1, outputSize]
  /// The part of the output that scales a projection.
  package let parts: ProjectionTable<Range<Int>?>

  package let outputSize: Int

  /// - Parameters:
  ///   - poolQuery: Needed by an attention pool, which without one is the mean.
  ///   - up: [outputSize, rank], as PyTorch's Linear keeps it.
  package init(
    pool: PromptPool = .last, poolQuery: Weight? = nil, activation: GeneratorActivation = .gelu,
    down: Weight, up: Weight, bias: Weight?, parts: ProjectionTable<Range<Int>?>
  ) {
    self.pool = pool
    self.poolQuery = poolQuery
    self.activation = activation
    self.down = down
    self.up = up.transposed()
    outputSize = up.rows
    self.bias = bias
    self.parts = parts
  }

  /// Writes the layer's vectors, `outputSize` numbers, for one prompt's states, [tokens, hidden].
  package func generate(from prompt: Matrix, into vectors: UnsafeMutablePointer<Float>) {
    precondition(prompt.rows > 0 && prompt.columns == down.columns)
    withScratch(prompt.columns) { pooled in
      pool(prompt, into: pooled)
      if let bias {
        vectors.update(from: bias.base, count: outputSize)
      } else {
        vectors.update(repeating: 0, count: outputSize)
      }
      for index in 0..<down.rows {
        let inner = Elementwise.dot(down.row(index), pooled, count: prompt.columns)
        Elementwise.add(
          vectors, up.base + index * outputSize, times: activation(inner), count: outputSize)
      }
    }
  }
}
