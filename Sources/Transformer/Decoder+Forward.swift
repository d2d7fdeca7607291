import Adapters
import Checkpoints
import Tensors

extension Decoder {
  /// Rows that go through a layer together: their states stay in the cache from one product to the
  /// next, and weights are read often enough to be worth their way.
  static let chunkRows = 128

  /// Runs tokens, one a row, through all layers; returns the last layer's states, [rows, hidden].
  func forward(_ tokens: [Int32], _ plan: some AttentionPlan, _ pass: Pass) -> Matrix {
    let hidden = pass.matrix(.hidden, tokens.count, configuration.hiddenSize)
    pass.parallel.ranges(tokens.count, grain: 16) { rows in
      for row in rows {
        let token = Int(tokens[row])
        embedding.copyRows(token..<token + 1, into: hidden.row(row))
        Elementwise.scale(hidden.row(row), configuration.embeddingScale, count: hidden.columns)
      }
    }
    for layer in layers.indices {
      plan.prepare(layer: layer, hidden: hidden, pass)
      for rows in plan.chunks {
        let chunk = Chunk(rows: rows, layer: layer, segments: plan.segments, pass: pass)
        run(chunk, hidden.rows(rows), plan)
      }
    }
    return hidden
  }

  /// Some rows through one layer. Rows see only what lies before them, so that a long prompt goes
  /// through a layer piece by piece.
  private func run(_ chunk: Chunk, _ hidden: Matrix, _ plan: some AttentionPlan) {
    let query = chunk.pass.matrix(.query, hidden.rows, configuration.querySize)
    let key = chunk.pass.matrix(.key, hidden.rows, configuration.keyValueSize)
    let value = chunk.pass.matrix(.value, hidden.rows, configuration.keyValueSize)
    project(
      chunk, columns: hidden.columns, [(.query, query), (.key, key), (.value, value)],
      state: normed(hidden, layers[chunk.layer].inputNorm))
    // What is attended takes the queries' place.
    plan.attend(
      layer: chunk.layer, chunk: chunk.rows,
      Attention.Rows(query: query, key: key, value: value, out: query), chunk.pass)
    addOutput(chunk, .output, hidden, normedBy: layers[chunk.layer].outputNorms?.attention) {
      row, _ in query.row(row)
    }
    feedForward(chunk, hidden)
  }

  /// hidden += W_down · (activation(W_gate x) ⊙ W_up x), x = norm(hidden)
  private func feedForward(_ chunk: Chunk, _ hidden: Matrix) {
    let layer = layers[chunk.layer]
    let size = configuration.feedForwardSize
    let gate = chunk.pass.matrix(.gate, hidden.rows, size)
    let up = chunk.pass.matrix(.up, hidden.rows, size)
    project(
      chunk, columns: hidden.columns, [(.gate, gate), (.up, up)],
      state: normed(hidden, layer.feedForwardNorm))
    addOutput(chunk, .down, hidden, normedBy: layer.outputNorms?.feedForward) { row, _ in
      Elementwise.gate(gate.row(row), up.row(row), count: size, by: configuration.activation)
      return gate.row(row)
    }
  }

  /// hidden += a block's last projection, through a norm of its own where the model has one.
  private func addOutput(
    _ chunk: Chunk, _ site: Site, _ hidden: Matrix, normedBy norm: Weight?,
    state: (Int, UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float>
  ) {
    let columns = site.inputSize(configuration)
    guard let norm else {
      return project(chunk, columns: columns, [(site, hidden)], accumulates: true, state: state)
    }
    let projected = chunk.pass.matrix(.projected, hidden.rows, hidden.columns)
    project(chunk, columns: columns, [(site, projected)], state: state)
    chunk.pass.parallel.ranges(hidden.rows, grain: 8) { rows in
      for row in rows {
        let numbers = projected.row(row)
        RMSNorm.apply(numbers, weight: norm, epsilon: configuration.normEpsilon, into: numbers)
        Elementwise.add(hidden.row(row), numbers, count: hidden.columns)
      }
    }
  }

  /// States through a norm, row by row.
  private func normed(_ states: Matrix, _ weight: Weight) -> (
    Int, UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    { row, scratch in
      RMSNorm.apply(
        states.row(row), weight: weight, epsilon: self.configuration.normEpsilon, into: scratch)
      return scratch
    }
  }

  /// States that left the last layer, ready for the head.
  func finalStates(_ hidden: Matrix, _ segments: Segments, _ pass: Pass) -> PreparedRows {
    let chunk = Chunk(
      rows: 0..<hidden.rows, layer: layers.count - 1, segments: segments, pass: pass)
    return prepare(chunk, hidden.columns, normed(hidden, finalNorm))
  }
}
