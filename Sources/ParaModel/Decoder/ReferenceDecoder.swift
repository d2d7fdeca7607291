import Foundation
package import ParaCheckpoints
import ParaTensors

/// The decoder at its plainest: fp32 over SGEMM, one sequence, all tokens through every layer, no KV
/// cache and no packed weights.
///
/// It shares with `Decoder` only the reading of weights, so it is the oracle of its tests; and it can
/// keep its activations, which training needs.
package struct ReferenceDecoder: Sendable {
  package let configuration: ModelConfiguration
  private let embedding: Weight  // [vocabulary, hidden]
  private let layers: [LayerWeights<Weight>]
  private let finalNorm: Weight  // [1, hidden]
  private let head: Weight  // [vocabulary, hidden]
  private let rotary: RotaryTables
  private let parallel: Parallel

  /// - Throws: What `Decoder.init` throws.
  package init(_ folder: ModelFolder, threads: Int = 1) throws {
    var reader = WeightReader(folder)
    configuration = folder.configuration
    embedding = try reader.embedding()
    layers = try (0..<configuration.layers).map { layer in
      try LayerWeights(&reader, layer: layer) { $0 }
    }
    finalNorm = try reader.finalNorm()
    head = try reader.head()
    try reader.finish()
    rotary = RotaryTables(configuration)
    parallel = Parallel(threads: threads)
  }

  /// The result of a forward pass.
  package struct Output: Sendable {
    package let logits: Activation  // [tokens, vocabulary]
    /// Each layer's activations; empty unless they were to be kept.
    package let layers: [LayerActivations]
    /// Behind the final norm, [tokens, hidden].
    package let finalStates: Activation
  }

  /// Runs a prompt, or a prompt and its answer.
  ///
  /// - Parameters:
  ///   - tokens: Not empty.
  ///   - promptLength: Tokens of the prompt, from whose states PARA's vectors are made; all by default.
  package func forward(
    _ tokens: [Int32], adapter: AdapterWeights? = nil, promptLength: Int? = nil,
    keepsActivations: Bool = false
  ) -> Output {
    var hidden = embed(tokens)
    var kept: [LayerActivations] = []
    for layer in layers.indices {
      let adapted = AdaptedLayer(
        layer, layers[layer], adapter?.layers[layer],
        prompt: hidden.prefix(promptLength ?? tokens.count), parallel)
      let activations = run(adapted, hidden)
      hidden = activations.output
      if keepsActivations { kept.append(activations) }
    }
    let states = normalized(hidden, by: finalNorm)
    var logits = states.times(head, parallel)
    if configuration.logitCap < .infinity {
      logits.map { configuration.logitCap * tanh($0 / configuration.logitCap) }
    }
    return Output(logits: logits, layers: kept, finalStates: states)
  }

  private func embed(_ tokens: [Int32]) -> Activation {
    var hidden = Activation(rows: tokens.count, columns: configuration.hiddenSize)
    hidden.withMatrix { matrix in
      for (row, token) in tokens.enumerated() {
        embedding.copyRows(Int(token)..<Int(token) + 1, into: matrix.row(row))
      }
    }
    hidden.map { $0 * configuration.embeddingScale }
    return hidden
  }
}

// MARK: - The layer

extension ReferenceDecoder {
  /// What one layer computes, in order.
  package struct LayerActivations: Sendable {
    package let input: Activation  // [tokens, hidden]
    package let attentionInput: Activation  // behind the norm, [tokens, hidden]
    package let query: Activation  // normalized and rotated, [tokens, heads × headSize]
    package let key: Activation  // normalized and rotated, [tokens, keyValueHeads × headSize]
    package let value: Activation  // [tokens, keyValueHeads × headSize]
    package let probabilities: Activation  // softmax of the scores, [heads × tokens, tokens]
    package let attended: Activation  // [tokens, heads × headSize]
    package let middle: Activation  // hidden states between the two blocks, [tokens, hidden]
    package let feedForwardInput: Activation  // behind the norm, [tokens, hidden]
    package let gate: Activation  // [tokens, feedForward]
    package let up: Activation  // [tokens, feedForward]
    package let gated: Activation  // activation(gate) ⊙ up, [tokens, feedForward]
    package let output: Activation  // [tokens, hidden]
  }

  private func run(_ layer: AdaptedLayer, _ input: Activation) -> LayerActivations {
    let weights = layer.weights

    let x = normalized(input, by: weights.attentionNorms.before)
    let query = rotated(normalized(layer.project(.query, x), by: weights.queryNorm), layer.index)
    let key = rotated(normalized(layer.project(.key, x), by: weights.keyNorm), layer.index)
    let value = layer.project(.value, x)
    let probabilities = attentionProbabilities(query, key, layer.index)
    let attended = weighted(value, by: probabilities)
    let attention = layer.project(.output, attended)
    let middle = input.adding(normalized(attention, by: weights.attentionNorms.after))

    let z = normalized(middle, by: weights.feedForwardNorms.before)
    let gate = layer.project(.gate, z)
    let up = layer.project(.up, z)
    let gated = gate.zipped(up) { configuration.activation($0) * $1 }
    let feedForward = layer.project(.down, gated)
    let output = middle.adding(normalized(feedForward, by: weights.feedForwardNorms.after))

    return LayerActivations(
      input: input, attentionInput: x, query: query, key: key, value: value,
      probabilities: probabilities, attended: attended, middle: middle, feedForwardInput: z,
      gate: gate, up: up, gated: gated, output: output)
  }

  /// x / √(mean(x²) + ε) ⊙ norm of each run of as many features as the norm has: a whole row, or a
  /// head. Without a norm, x.
  private func normalized(_ x: Activation, by norm: Weight?) -> Activation {
    guard let norm else { return x }
    var out = x
    let factors = norm.array
    for first in stride(from: 0, to: x.values.count, by: factors.count) {
      let run = first..<first + factors.count
      let mean = x.values[run].reduce(0) { $0 + $1 * $1 } / Float(run.count)
      let scale = 1 / (mean + configuration.normEpsilon).squareRoot()
      for index in run { out.values[index] = x.values[index] * scale * factors[index - first] }
    }
    return out
  }

  /// The rotary embedding: features i and i + dimensions/2 of each head are turned by the position's
  /// angle, i < dimensions/2.
  private func rotated(_ x: Activation, _ layer: Int) -> Activation {
    let (embedding, size) = (rotary[layer], configuration.headSize)
    let half = embedding.dimensions / 2
    let table = embedding.table(through: x.rows).array  // [position][cosines, sines]
    var out = x
    for position in 0..<x.rows {
      for head in stride(from: 0, to: x.columns, by: size) {
        for index in 0..<half {
          let (cosine, sine) = (
            table[position * size + index], table[position * size + size / 2 + index]
          )
          let (a, b) = (x[position, head + index], x[position, head + half + index])
          out[position, head + index] = a * cosine - b * sine
          out[position, head + half + index] = b * cosine + a * sine
        }
      }
    }
    return out
  }

  /// softmax(cap(scale · q kᵀ)) over the positions that each token sees, zero elsewhere,
  /// [heads × tokens, tokens].
  private func attentionProbabilities(
    _ query: Activation, _ key: Activation, _ layer: Int
  ) -> Activation {
    let (heads, size, tokens) = (configuration.heads, configuration.headSize, query.rows)
    let group = heads / configuration.keyValueHeads
    let (window, cap) = (configuration.windows[layer], configuration.attentionCap)
    var out = Activation(rows: heads * tokens, columns: tokens)
    for head in 0..<heads {
      for token in 0..<tokens {
        let seen = (token - min(window - 1, token))...token
        let scores = seen.map { position in
          let dot = (0..<size).reduce(Float(0)) {
            $0 + query[token, head * size + $1] * key[position, head / group * size + $1]
          }
          let score = dot * configuration.attentionScale
          return cap < .infinity ? cap * tanh(score / cap) : score
        }
        let greatest = scores.max() ?? 0
        let exponentials = scores.map { exp($0 - greatest) }
        let sum = exponentials.reduce(0, +)
        for (position, value) in zip(seen, exponentials) {
          out[head * tokens + token, position] = value / sum
        }
      }
    }
    return out
  }

  /// Each head's probabilities times its values, [tokens, heads × headSize].
  private func weighted(_ value: Activation, by probabilities: Activation) -> Activation {
    let (heads, size, tokens) = (configuration.heads, configuration.headSize, value.rows)
    let group = heads / configuration.keyValueHeads
    var out = Activation(rows: tokens, columns: configuration.querySize)
    for head in 0..<heads {
      for token in 0..<tokens {
        for position in 0...token {
          let probability = probabilities[head * tokens + token, position]
          guard probability != 0 else { continue }
          for index in 0..<size {
            out[token, head * size + index] +=
              probability * value[position, head / group * size + index]
          }
        }
      }
    }
    return out
  }
}

/// A layer with an adapter: y = scale ⊙ (W x' + b + bias + B (A x') · factor), x' = inputScale ⊙ x.
private struct AdaptedLayer {
  let index: Int
  let weights: LayerWeights<Weight>
  private let adapter: AdapterWeights.Layer?
  /// What the adapter's generator made from the prompt; empty without one.
  private let vectors: [Float]
  private let parallel: Parallel

  /// - Parameter prompt: The prompt's hidden states where they enter the layer, [tokens, hidden].
  init(
    _ index: Int, _ weights: LayerWeights<Weight>, _ adapter: AdapterWeights.Layer?,
    prompt: Activation, _ parallel: Parallel
  ) {
    self.index = index
    self.weights = weights
    self.adapter = adapter
    self.parallel = parallel
    guard let generator = adapter?.generator else {
      vectors = []
      return
    }
    var prompt = prompt
    vectors = prompt.withMatrix { prompt in
      [Float](unsafeUninitializedCapacity: generator.outputSize) { memory, count in
        if let base = memory.baseAddress { generator.generate(from: prompt, into: base) }
        count = generator.outputSize
      }
    }
  }

  func project(_ projection: Projection, _ x: Activation) -> Activation {
    let adjustment = adapter?.projections[projection]
    let input = adjustment?.inputScale.map { x.scaling(by: $0.array) } ?? x
    var out = input.times(weights.projections[projection], parallel)
    if let bias = weights.biases[projection] { out = out.addingToRows(bias.array) }
    if let bias = adjustment?.bias { out = out.addingToRows(bias.array) }
    if let update = adjustment?.lowRank {
      var product = input.times(update.a, parallel).times(update.b, parallel)
      product.map { $0 * update.factor }
      out = out.adding(product)
    }
    if let part = adapter?.generator?.parts[projection] {
      return out.scaling(by: Array(vectors[part]))
    }
    return adjustment?.scale.map { out.scaling(by: $0.array) } ?? out
  }
}

extension GatedActivation {
  fileprivate func callAsFunction(_ x: Float) -> Float {
    switch self {
    case .silu: x / (1 + exp(-x))
    case .gelu: x / 2 * (1 + erf(x / Float(2).squareRoot()))
    case .geluTanh:
      x / 2 * (1 + tanh((2 / Float.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }
  }
}
