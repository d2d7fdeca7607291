import ParaCheckpoints
import ParaTensors

extension Decoder {
  /// hidden += W_down · (activation(W_gate x) ⊙ W_up x), x = norm(hidden)
  ///
  /// Some features at a time, so that what gate and up give is still in the cache when it is
  /// activated and rounded.
  func feedForward(_ block: RowBlock, _ hidden: Matrix) {
    let (layer, context) = (layers[block.layer], block.context)
    let blocks = FeedForwardTiling(
      configuration.feedForwardSize, rows: hidden.rows, threads: context.parallel.threads, compute)
    let gate = context.matrix(.gate, hidden.rows, blocks.gateColumns)
    let up = context.matrix(.up, hidden.rows, blocks.upColumns)
    let gated = rows(block, blocks.features, ForwardContext.ActivationBuffer.gated.rawValue)
    var products = projections(
      block, columns: hidden.columns, [(.gate, gate), (.up, up)],
      state: normed(hidden, layer.norms[.beforeFeedForward]))
    for (features, panels) in blocks.list {
      let gate = gate.from(column: blocks.keepsRows ? features.lowerBound : 0)
      products[0].out = gate
      for index in products.indices { products[index].panels = panels }
      Linear.apply(products, parallel: context.parallel)
      activate(block, gate, up, features, into: blocks.keepsRows ? nil : gated)
    }
    if blocks.keepsRows {
      context.parallel.ranges(hidden.rows, grain: 8) { rows in
        for row in rows { gated.quantize(row, gate.row(row)) }
      }
    }
    addOutput(block, hidden, normedBy: layer.norms[.afterFeedForward]) { out in
      [product(.down, of: gated, block, into: out)]
    }
  }

  /// gate = activation(gate) ⊙ up, scaled where a row's adapter scales what enters the last
  /// projection.
  ///
  /// - Parameter gated: Where it is rounded to.
  private func activate(
    _ block: RowBlock, _ gate: Matrix, _ up: Matrix, _ features: Range<Int>,
    into gated: QuantizedActivations?
  ) {
    let scales = block.sequences.inputScales(.down, layer: block.layer)
    block.context.parallel.ranges(gate.rows, grain: 1 + (1 << 13) / features.count) { rows in
      for row in rows {
        let numbers = gate.row(row)
        Elementwise.gate(
          numbers, up.row(row), count: features.count, by: configuration.activation)
        if let scale = scales?[block.sequence(row)] {
          Elementwise.multiply(numbers, scale + features.lowerBound, count: features.count)
        }
        gated?.quantize(row, features, numbers)
      }
    }
  }
}
