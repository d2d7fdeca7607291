import Foundation
package import ParaModel
package import ParaTensors

/// PARA's generator of one layer: v = activation(pool(h) W_down) W_up + b_up, split over the scaled
/// projections.
///
/// Source: "Parameter-Efficient Fine-tuning with Prompt Aware Representation Adjustment", arXiv
/// 2502.01033, section 3. h are the hidden states of the prompt's tokens where they enter the layer,
/// before its input norm.
package struct PARAVectorGenerator: PromptVectorGenerator {
  package let pooling: Pooling
  private let poolingQuery: Weight?  // [1, hidden]
  package let activation: Activation
  /// The transpose of the paper's W_down, as PyTorch's `Linear` keeps it.
  private let down: Weight  // [rank, hidden]
  /// As in the paper, the transpose of PyTorch's, so that sums run over adjacent outputs.
  private let up: FloatBuffer  // [rank, outputSize]
  private let bias: Weight?  // [1, outputSize]
  package let parts: ProjectionTable<Range<Int>?>
  package let outputSize: Int

  /// How the prompt's hidden states h₁ … hₙ are pooled into one.
  package enum Pooling: String, Sendable, CaseIterable {
    /// hₙ: the paper's choice.
    case last
    /// Σ hₜ / n
    case mean
    /// h₁, which depends on the first token only: a baseline for comparisons.
    case first
    /// Σ wₜ hₜ, w = softmax(h · q / √hidden), with a trained query q in each layer.
    case attention
  }

  /// The function between the two projections.
  package enum Activation: String, Sendable, CaseIterable {
    /// The exact form, x · Φ(x), which PyTorch's GELU computes by default.
    case gelu
    case relu
    case silu
    case tanh
  }

  /// - Parameters:
  ///   - poolingQuery: q of attention pooling, [1, hidden]; without one it is the mean.
  ///   - down: [rank, hidden].
  ///   - up: [outputSize, rank], as PyTorch's `Linear` keeps it.
  ///   - bias: [1, outputSize].
  ///   - parts: The range of the output that scales each projection.
  package init(
    pooling: Pooling = .last, poolingQuery: Weight? = nil, activation: Activation = .gelu,
    down: Weight, up: Weight, bias: Weight?, parts: ProjectionTable<Range<Int>?>
  ) {
    self.pooling = pooling
    self.poolingQuery = poolingQuery
    self.activation = activation
    self.down = down
    self.up = up.transposed()
    outputSize = up.rows
    self.bias = bias
    self.parts = parts
  }

  /// - Parameters:
  ///   - prompt: h, [tokens, hidden].
  ///   - vectors: Receives v, [outputSize].
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

extension PARAVectorGenerator.Activation {
  package func callAsFunction(_ x: Float) -> Float {
    switch self {
    case .gelu: 0.5 * x * (1 + erff(x * Float(0.5).squareRoot()))
    case .relu: max(x, 0)
    case .silu: x / (1 + expf(-x))
    case .tanh: tanhf(x)
    }
  }
}

extension PARAVectorGenerator {
  /// - Parameters:
  ///   - prompt: h, [tokens, hidden].
  ///   - pooled: Receives the pooled state, [hidden].
  private func pool(_ prompt: Matrix, into pooled: UnsafeMutablePointer<Float>) {
    switch pooling {
    case .last: pooled.update(from: prompt.row(prompt.rows - 1), count: prompt.columns)
    case .first: pooled.update(from: prompt.row(0), count: prompt.columns)
    case .mean, .attention:
      withScratch(prompt.rows) { weights in
        setPoolingWeights(UnsafeMutableBufferPointer(start: weights, count: prompt.rows), prompt)
        pooled.update(repeating: 0, count: prompt.columns)
        for token in 0..<prompt.rows {
          Elementwise.add(pooled, prompt.row(token), times: weights[token], count: prompt.columns)
        }
      }
    }
  }

  /// - Parameters:
  ///   - weights: Receives w, [tokens]: equal ones, or softmax(h · q / √hidden).
  ///   - prompt: h, [tokens, hidden].
  private func setPoolingWeights(_ weights: UnsafeMutableBufferPointer<Float>, _ prompt: Matrix) {
    guard let poolingQuery else {
      for token in weights.indices { weights[token] = 1 / Float(prompt.rows) }
      return
    }
    let scale = 1 / Float(prompt.columns).squareRoot()
    for token in weights.indices {
      weights[token] =
        Elementwise.dot(prompt.row(token), poolingQuery.base, count: prompt.columns) * scale
    }
    let greatest = weights.max() ?? 0
    var total: Float = 0
    for token in weights.indices {
      weights[token] = expf(weights[token] - greatest)
      total += weights[token]
    }
    for token in weights.indices { weights[token] /= total }
  }

  /// Uninitialized memory for `count` elements.
  private func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { memory in
      if let base = memory.baseAddress { body(base) }
    }
  }
}
