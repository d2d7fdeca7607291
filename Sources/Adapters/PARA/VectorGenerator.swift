package import Tensors

/// PARA's generator of one layer: activation(pool(h) · W_down) · W_up + b_up, split over its sites.
///
/// Source: "Parameter-Efficient Fine-tuning with Prompt Aware Representation Adjustment", arXiv
/// 2502.01033, section 3. h are the states of the prompt's tokens where they enter the layer,
/// before the layer's input norm.
package struct VectorGenerator: Sendable {
  package let pool: PromptPool
  /// The query of an attention pool, [1, hidden].
  package let poolQuery: Weight?
  package let activation: GeneratorActivation
  /// [rank, hidden]: the transpose of the paper's W_down, as PyTorch's Linear keeps it.
  package let down: Weight
  package let up: Weight  // [outputSize, rank]
  package let bias: Weight?  // [1, outputSize]
  /// The part of the output that scales a site.
  package let parts: SiteTable<Range<Int>?>

  package var outputSize: Int { up.rows }

  /// - Parameter poolQuery: Needed by an attention pool, which without one is the mean.
  package init(
    pool: PromptPool = .last, poolQuery: Weight? = nil, activation: GeneratorActivation = .gelu,
    down: Weight, up: Weight, bias: Weight?, parts: SiteTable<Range<Int>?>
  ) {
    self.pool = pool
    self.poolQuery = poolQuery
    self.activation = activation
    self.down = down
    self.up = up
    self.bias = bias
    self.parts = parts
  }

  /// Writes the layer's vectors, `outputSize` numbers, for one prompt's states, [tokens, hidden].
  package func generate(from prompt: Matrix, into vectors: UnsafeMutablePointer<Float>) {
    precondition(prompt.rows > 0 && prompt.columns == down.columns)
    let one = Parallel(threads: 1)
    withScratch(prompt.columns) { pooled in
      pool(prompt, into: pooled.base)
      withScratch(down.rows) { inner in
        MatrixProduct.apply(pooled, down, into: inner, parallel: one)
        for index in 0..<inner.columns { inner.base[index] = activation(inner.base[index]) }
        let output = Matrix(base: vectors, rows: 1, columns: up.rows)
        MatrixProduct.apply(inner, up, into: output, parallel: one)
        if let bias { Elementwise.addToRows(output, bias.base) }
      }
    }
  }
}
