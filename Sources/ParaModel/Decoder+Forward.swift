import ParaAdapters
import ParaCheckpoints
import ParaTensors

extension Decoder {
  /// Rows that go through a layer together: their states stay in the cache from one product to the
  /// next, and weights are read often enough to be worth their way.
  static let chunkRows = 128

  /// Tokens' embeddings, one a row, [rows, hidden].
  func embed(_ tokens: [Int32], _ pass: Pass) -> Matrix {
    let hidden = pass.matrix(.hidden, tokens.count, configuration.hiddenSize)
    pass.parallel.ranges(tokens.count, grain: 16) { rows in
      for row in rows {
        let token = Int(tokens[row])
        embedding.copyRows(token..<token + 1, into: hidden.row(row))
        Elementwise.scale(hidden.row(row), configuration.embeddingScale, count: hidden.columns)
      }
    }
    return hidden
  }

  /// Runs states through some of the layers, in their place.
  func run(_ layers: Range<Int>, _ hidden: Matrix, _ plan: some AttentionPlan, _ pass: Pass) {
    for layer in layers {
      plan.prepare(layer: layer, hidden: hidden, pass)
      for rows in plan.chunks {
        let chunk = Chunk(rows: rows, layer: layer, segments: plan.segments, pass: pass)
        let (query, key, value) = (
          matrix(.query, chunk), matrix(.key, chunk), matrix(.value, chunk)
        )
        let own = hidden.rows(rows)
        project(chunk, own, [(.query, query), (.key, key), (.value, value)])
        attend(chunk, own, Attention.Rows(query: query, key: key, value: value, out: query), plan)
      }
    }
  }

  /// The last layer of a prefill: of all rows the keys and values, of each prompt's last token, the
  /// rows of `last`, the whole.
  func runLastLayer(
    _ hidden: Matrix, _ plan: PrefillPlan, _ last: Matrix, _ lastPlan: LastTokenPlan, _ pass: Pass
  ) {
    let layer = layers.count - 1
    plan.prepare(layer: layer, hidden: hidden, pass)
    for rows in plan.chunks {
      let chunk = Chunk(rows: rows, layer: layer, segments: plan.segments, pass: pass)
      let (key, value) = (matrix(.key, chunk), matrix(.value, chunk))
      project(chunk, hidden.rows(rows), [(.key, key), (.value, value)])
      // Storing reads no queries and writes no outputs; attending reads no keys and values.
      plan.store(
        layer: layer, chunk: rows,
        Attention.Rows(query: key, key: key, value: value, out: key), pass)
    }
    for rows in lastPlan.chunks {
      let chunk = Chunk(rows: rows, layer: layer, segments: lastPlan.segments, pass: pass)
      let query = matrix(.query, chunk)
      project(chunk, last.rows(rows), [(.query, query)])
      attend(
        chunk, last.rows(rows),
        Attention.Rows(query: query, key: query, value: query, out: query), lastPlan)
    }
  }

  /// Room for a chunk's outputs at a projection of attention.
  private func matrix(_ site: Site, _ chunk: Chunk) -> Matrix {
    let slot: Pass.Slot = site == .query ? .query : site == .key ? .key : .value
    return chunk.pass.matrix(slot, chunk.rows.count, site.outputSize(configuration))
  }

  /// Projections of a chunk's states behind the layer's first norm.
  private func project(_ chunk: Chunk, _ hidden: Matrix, _ outputs: [(site: Site, out: Matrix)]) {
    let products = projections(
      chunk, columns: hidden.columns, outputs,
      state: normed(hidden, layers[chunk.layer].inputNorm))
    Product.apply(products, parallel: chunk.pass.parallel)
  }

  /// What follows a chunk's projections in a layer. Rows see only what lies before them, so that a
  /// long prompt goes through a layer piece by piece.
  ///
  /// - Parameter rows: What is attended takes the queries' place.
  private func attend(
    _ chunk: Chunk, _ hidden: Matrix, _ rows: Attention.Rows, _ plan: some AttentionPlan
  ) {
    plan.attend(layer: chunk.layer, chunk: chunk.rows, rows, chunk.pass)
    addOutput(chunk, hidden, normedBy: layers[chunk.layer].outputNorms?.attention) { out in
      projections(
        chunk, columns: configuration.querySize, [(.output, out)],
        state: { row, _ in rows.out.row(row) })
    }
    feedForward(chunk, hidden)
  }

  /// hidden += a block's last projection, through a norm of its own where the model has one.
  ///
  /// - Parameter products: Ready to be multiplied, by where their outputs go.
  func addOutput(
    _ chunk: Chunk, _ hidden: Matrix, normedBy norm: Weight?, _ products: (Matrix) -> [Product]
  ) {
    let parallel = chunk.pass.parallel
    guard let norm else {
      var added = products(hidden)
      for index in added.indices { added[index].accumulates = true }
      return Product.apply(added, parallel: parallel)
    }
    let projected = chunk.pass.matrix(.projected, hidden.rows, hidden.columns)
    Product.apply(products(projected), parallel: parallel)
    parallel.ranges(hidden.rows, grain: 8) { rows in
      for row in rows {
        let numbers = projected.row(row)
        RMSNorm.apply(numbers, weight: norm, epsilon: configuration.normEpsilon, into: numbers)
        Elementwise.add(hidden.row(row), numbers, count: hidden.columns)
      }
    }
  }

  /// States through a norm, row by row.
  func normed(_ states: Matrix, _ weight: Weight) -> (
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
    return prepare(chunk, columns: hidden.columns, state: normed(hidden, finalNorm))
  }
}
