import ParaCheckpoints
import ParaTensors

extension Decoder {
  /// Rows that go through a layer together: their states stay in the cache from one product to the
  /// next, and weights are read often enough to be worth their way.
  static let blockRows = 128

  /// Tokens' embeddings, one a row, [rows, hidden].
  func embed(_ tokens: [Int32], _ context: ForwardContext) -> Matrix {
    let hidden = context.matrix(.hidden, tokens.count, configuration.hiddenSize)
    context.parallel.ranges(tokens.count, grain: 16) { rows in
      for row in rows {
        let token = Int(tokens[row])
        embedding.copyRows(token..<token + 1, into: hidden.row(row))
        Elementwise.scale(hidden.row(row), configuration.embeddingScale, count: hidden.columns)
      }
    }
    return hidden
  }

  /// Runs states through some of the layers, in their place.
  func run(
    _ layers: Range<Int>, _ hidden: Matrix, _ metadata: some AttentionMetadata,
    _ context: ForwardContext
  ) {
    for layer in layers {
      metadata.prepare(layer: layer, hidden: hidden, context)
      for rows in metadata.blocks {
        let block = RowBlock(
          rows: rows, layer: layer, sequences: metadata.sequences, context: context)
        let (query, key, value) = (
          matrix(.query, block), matrix(.key, block), matrix(.value, block)
        )
        let own = hidden.rows(rows)
        project(block, own, [(.query, query), (.key, key), (.value, value)])
        finishHeads(block, query, norm: self.layers[layer].queryNorm)
        finishHeads(block, key, norm: self.layers[layer].keyNorm)
        attend(
          block, own, Attention.Rows(query: query, key: key, value: value, out: query), metadata)
      }
    }
  }

  /// The last layer of a prefill: of all rows the keys and values, of each prompt's last token, the
  /// rows of `last`, the whole.
  func runLastLayer(
    _ hidden: Matrix, _ metadata: PrefillMetadata, _ last: Matrix,
    _ lastMetadata: LastTokenMetadata, _ context: ForwardContext
  ) {
    let layer = layers.count - 1
    metadata.prepare(layer: layer, hidden: hidden, context)
    for rows in metadata.blocks {
      let block = RowBlock(
        rows: rows, layer: layer, sequences: metadata.sequences, context: context)
      let (key, value) = (matrix(.key, block), matrix(.value, block))
      project(block, hidden.rows(rows), [(.key, key), (.value, value)])
      finishHeads(block, key, norm: layers[layer].keyNorm)
      // Storing reads no queries and writes no outputs; attending reads no keys and values.
      metadata.store(
        layer: layer, block: rows,
        Attention.Rows(query: key, key: key, value: value, out: key), context)
    }
    for rows in lastMetadata.blocks {
      let block = RowBlock(
        rows: rows, layer: layer, sequences: lastMetadata.sequences, context: context)
      let query = matrix(.query, block)
      project(block, last.rows(rows), [(.query, query)])
      finishHeads(block, query, norm: layers[layer].queryNorm)
      attend(
        block, last.rows(rows),
        Attention.Rows(query: query, key: query, value: query, out: query), lastMetadata)
    }
  }

  /// Room for a chunk's outputs at a projection of attention.
  private func matrix(_ projection: Projection, _ block: RowBlock) -> Matrix {
    let slot: ForwardContext.ActivationBuffer =
      projection == .query ? .query : projection == .key ? .key : .value
    return block.context.matrix(slot, block.rows.count, projection.outputSize(configuration))
  }

  /// Projections of a chunk's states behind the layer's first norm.
  private func project(
    _ block: RowBlock, _ hidden: Matrix, _ outputs: [(projection: Projection, out: Matrix)]
  ) {
    let products = projections(
      block, columns: hidden.columns, outputs,
      state: normed(hidden, layers[block.layer].norms[.beforeAttention]))
    Linear.apply(products, parallel: block.context.parallel)
  }

  /// What follows a chunk's projections in a layer. Rows see only what lies before them, so that a
  /// long prompt goes through a layer piece by piece.
  ///
  /// - Parameter rows: What is attended takes the queries' place.
  private func attend(
    _ block: RowBlock, _ hidden: Matrix, _ rows: Attention.Rows, _ metadata: some AttentionMetadata
  ) {
    metadata.attend(layer: block.layer, block: block.rows, rows, block.context)
    addOutput(block, hidden, normedBy: layers[block.layer].norms[.afterAttention]) { out in
      projections(
        block, columns: configuration.querySize, [(.output, out)],
        state: { row, _ in rows.out.row(row) })
    }
    feedForward(block, hidden)
  }

  /// hidden += a block's last projection, through a norm of its own where the model has one.
  ///
  /// - Parameter products: Ready to be multiplied, by where their outputs go.
  func addOutput(
    _ block: RowBlock, _ hidden: Matrix, normedBy norm: Weight?, _ products: (Matrix) -> [Linear]
  ) {
    let parallel = block.context.parallel
    guard let norm else {
      var added = products(hidden)
      for index in added.indices { added[index].accumulates = true }
      return Linear.apply(added, parallel: parallel)
    }
    let projected = block.context.matrix(.projected, hidden.rows, hidden.columns)
    Linear.apply(products(projected), parallel: parallel)
    parallel.ranges(hidden.rows, grain: 8) { rows in
      for row in rows {
        let numbers = projected.row(row)
        RMSNorm.apply(numbers, weight: norm, epsilon: configuration.normEpsilon, into: numbers)
        Elementwise.add(hidden.row(row), numbers, count: hidden.columns)
      }
    }
  }

  /// States through a norm, row by row; as they are without one.
  func normed(_ states: Matrix, _ weight: Weight?) -> (
    Int, UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    guard let weight else { return { row, _ in states.row(row) } }
    return { row, scratch in
      RMSNorm.apply(
        states.row(row), weight: weight, epsilon: self.configuration.normEpsilon, into: scratch)
      return scratch
    }
  }

  /// States that left the last layer, ready for the head.
  func finalStates(_ hidden: Matrix, _ sequences: PackedSequences, _ context: ForwardContext)
    -> QuantizedActivations
  {
    let block = RowBlock(
      rows: 0..<hidden.rows, layer: layers.count - 1, sequences: sequences, context: context)
    return prepare(block, columns: hidden.columns, state: normed(hidden, finalNorm))
  }
}
