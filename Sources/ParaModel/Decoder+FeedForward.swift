import ParaAdapters
import ParaCheckpoints
import ParaTensors

extension Decoder {
  /// hidden += W_down · (activation(W_gate x) ⊙ W_up x), x = norm(hidden)
  ///
  /// Some features at a time, so that what gate and up give is still in the cache when it is
  /// activated and rounded.
  func feedForward(_ chunk: Chunk, _ hidden: Matrix) {
    let (layer, pass) = (layers[chunk.layer], chunk.pass)
    let blocks = FeatureBlocks(
      configuration.feedForwardSize, rows: hidden.rows, threads: pass.parallel.threads, compute)
    let gate = pass.matrix(.gate, hidden.rows, blocks.gateColumns)
    let up = pass.matrix(.up, hidden.rows, blocks.upColumns)
    let gated = rows(chunk, blocks.features, Pass.Slot.gated.rawValue)
    var products = projections(
      chunk, columns: hidden.columns, [(.gate, gate), (.up, up)],
      state: normed(hidden, layer.feedForwardNorm))
    for (features, panels) in blocks.list {
      let gate = gate.from(column: blocks.keepsRows ? features.lowerBound : 0)
      products[0].out = gate
      for index in products.indices { products[index].panels = panels }
      Product.apply(products, parallel: pass.parallel)
      activate(chunk, gate, up, features, into: blocks.keepsRows ? nil : gated)
    }
    if blocks.keepsRows {
      pass.parallel.ranges(hidden.rows, grain: 8) { rows in
        for row in rows { gated.set(row, gate.row(row)) }
      }
    }
    addOutput(chunk, hidden, normedBy: layer.outputNorms?.feedForward) { out in
      [product(.down, of: gated, chunk, into: out)]
    }
  }

  /// gate = activation(gate) ⊙ up, scaled where a row's adapter scales what enters the last
  /// projection.
  ///
  /// - Parameter gated: Where it is rounded to.
  private func activate(
    _ chunk: Chunk, _ gate: Matrix, _ up: Matrix, _ features: Range<Int>, into gated: PreparedRows?
  ) {
    let scales = chunk.segments.inputScales(.down, layer: chunk.layer)
    chunk.pass.parallel.ranges(gate.rows, grain: 1 + (1 << 13) / features.count) { rows in
      for row in rows {
        let numbers = gate.row(row)
        Elementwise.gate(
          numbers, up.row(row), count: features.count, by: configuration.activation)
        if let scale = scales?[chunk.segment(row)] {
          Elementwise.multiply(numbers, scale + features.lowerBound, count: features.count)
        }
        gated?.set(row, features, numbers)
      }
    }
  }
}
