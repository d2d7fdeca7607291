import ParaCheckpoints
import ParaTensors

// One transformer layer over a row block of a packed batch, in the order of the papers:
//
//     x = norm(hidden)                             [rows, hidden]
//     q = W_q x                                    [rows, heads × headSize]
//     k, v = W_k x, W_v x                          [rows, keyValueHeads × headSize]
//     q, k = rotate(norm(q)), rotate(norm(k))
//     a = softmax(scale · q kᵀ) v                  [rows, heads × headSize]
//     hidden += norm(W_o a)
//     x = norm(hidden)                             [rows, hidden]
//     g = activation(W_gate x) ⊙ W_up x            [rows, feedForward]
//     hidden += norm(W_down g)
//
// A family has some of the norms (`BlockNorms`, `queryNorm`, `keyNorm`). W is a projection with the
// model's bias and the adjustments of each row's adapter (`Decoder+Projections`), so adapters act at
// the projection's output, before the q/k norm and the rotary embedding.
extension Decoder {
  /// The layer, from hidden states to hidden states in their place.
  ///
  /// - Parameter hidden: The block's rows, [rows, hidden].
  func runLayer(_ block: RowBlock, _ hidden: Matrix, _ metadata: some AttentionMetadata) {
    let weights = layers[block.layer]

    let attention = queriesKeysValues(block, hidden, metadata.projections)
    metadata.attend(block, attention)
    add(.output, of: attention.out, to: hidden, block, normalizedBy: weights.attentionNorms.after)

    let gated = gatedFeedForward(block, hidden)
    add(.down, of: gated, to: hidden, block, normalizedBy: weights.feedForwardNorms.after)
  }

  /// Stores a block's keys and values: all that the last layer of a prefill needs of the tokens
  /// before each prompt's last.
  func fillCache(_ block: RowBlock, _ hidden: Matrix, _ metadata: PrefillMetadata) {
    metadata.store(block, queriesKeysValues(block, hidden, [.key, .value]))
  }

  // MARK: Attention

  /// q, k and v, or those of them that are asked for; what is attended takes q's place.
  private func queriesKeysValues(
    _ block: RowBlock, _ hidden: Matrix, _ wanted: [Projection]
  ) -> Attention.Rows {
    let (weights, rows) = (layers[block.layer], block.rows.count)
    let query = block.pass.matrix(.query, rows, configuration.querySize)
    let key = block.pass.matrix(.key, rows, configuration.keyValueSize)
    let value = block.pass.matrix(.value, rows, configuration.keyValueSize)
    let outputs = [(Projection.query, query), (.key, key), (.value, value)]
    project(
      block, .normalized(hidden, by: weights.attentionNorms.before),
      into: outputs.filter { wanted.contains($0.0) })
    if wanted.contains(.query) { prepareHeads(query, norm: weights.queryNorm, block) }
    if wanted.contains(.key) { prepareHeads(key, norm: weights.keyNorm, block) }
    return Attention.Rows(query: query, key: key, value: value, out: query)
  }

  /// Queries or keys from their projection to the rotary embedding, in place.
  ///
  /// - Parameters:
  ///   - states: [rows, heads × headSize]
  ///   - norm: Normalizes each run of as many features as it has weights: a head, or all heads
  ///     together.
  private func prepareHeads(_ states: Matrix, norm: Weight?, _ block: RowBlock) {
    let rotary = rotary[block.layer]
    guard norm != nil || rotary.isPartial else { return }
    block.pass.parallel.ranges(states.rows, grain: 8) { rows in
      for row in rows {
        if let norm {
          for first in stride(from: 0, to: states.columns, by: norm.count) {
            normalize(states.row(row) + first, by: norm)
          }
        }
        guard rotary.isPartial else { continue }
        for first in stride(from: 0, to: states.columns, by: configuration.headSize) {
          rotary.pairHalves(states.row(row) + first)
        }
      }
    }
  }

  // MARK: Feed-forward

  /// activation(W_gate x) ⊙ W_up x, [rows, feedForward], quantized for W_down; x = norm(hidden).
  ///
  /// Computed a tile of features at a time, so that a tile's gate and up are still in the cache
  /// when they are multiplied and quantized.
  private func gatedFeedForward(_ block: RowBlock, _ hidden: Matrix) -> QuantizedActivations {
    let (pass, rows) = (block.pass, hidden.rows)
    let tiling = pass.table.tiling(rows: rows, pass.size)
    let gate = pass.matrix(.gate, rows, tiling.gateColumns)
    let up = pass.matrix(.up, rows, tiling.upColumns)
    let gated = quantizedRows(block, .gated, columns: tiling.features)
    var products = products(
      block, .normalized(hidden, by: layers[block.layer].feedForwardNorms.before),
      into: [(.gate, gate), (.up, up)])
    for tile in tiling.tiles {
      let gate = gate.from(column: tiling.keepsRows ? tile.features.lowerBound : 0)
      products[0].out = gate
      for index in products.indices { products[index].panels = tile.panels }
      Linear.apply(products, parallel: pass.parallel)
      multiplyGate(block, gate, up, tile.features, into: tiling.keepsRows ? nil : gated)
    }
    if tiling.keepsRows {
      pass.parallel.ranges(rows, grain: 8) { rows in
        for row in rows { gated.quantize(row, gate.row(row)) }
      }
    }
    return gated
  }

  /// gate = activation(gate) ⊙ up of some features, ⊙ the input scale of `down` where a row's
  /// adapter has one.
  ///
  /// - Parameters:
  ///   - gate: [rows, features], as is `up`.
  ///   - gated: Where the result is quantized to; nil if that waits for the whole row.
  private func multiplyGate(
    _ block: RowBlock, _ gate: Matrix, _ up: Matrix, _ features: Range<Int>,
    into gated: QuantizedActivations?
  ) {
    let scales = block.sequences.inputScales(.down, layer: block.layer)
    block.pass.parallel.ranges(gate.rows, grain: 1 + (1 << 13) / features.count) { rows in
      for row in rows {
        let values = gate.row(row)
        Elementwise.gate(
          values, up.row(row), count: features.count, by: configuration.activation)
        if let scale = scales?[block.sequence(row)] {
          Elementwise.multiply(values, scale + features.lowerBound, count: features.count)
        }
        gated?.quantize(row, features, values)
      }
    }
  }
}
