import ParaCheckpoints
import ParaTensors

/// Rows of a packed batch that run through a layer together.
struct RowBlock {
  let rows: Range<Int>
  let layer: Int
  let sequences: PackedSequences
  let pass: ForwardPass

  /// Rows of a block: few enough that their states stay in the cache from one projection to the
  /// next, and enough to reuse each weight that is read.
  static let size = 128

  /// The sequence that a row of the block belongs to.
  func sequence(_ row: Int) -> Int { Int(sequences.ofRow[rows.lowerBound + row]) }
}

/// The input of projections, [rows, columns]; a row is computed when it is quantized and never
/// stored in fp32.
enum ProjectionInput {
  /// The rows behind an RMS norm, or as they are if the layer has no norm there.
  case normalized(Matrix, by: Weight?)
  /// Rows that nothing reads afterwards: quantization may overwrite them.
  case consumed(Matrix)

  var columns: Int {
    switch self {
    case .normalized(let states, _), .consumed(let states): states.columns
    }
  }
}

// Projections with what adapters do there, for rows of many adapters in one product:
//
//     y = scale ⊙ (W x' + b + bias + B (A x') · factor)      x' = inputScale ⊙ x
//
// b is the model's own bias; scale, bias, A, B and inputScale are those of each row's adapter.
extension Decoder {
  /// Runs projections of the same input.
  ///
  /// - Parameter outputs: For each projection its output matrix, [rows, outputSize].
  func project(
    _ block: RowBlock, _ input: ProjectionInput, into outputs: [(Projection, Matrix)]
  ) {
    Linear.apply(products(block, input, into: outputs), parallel: block.pass.parallel)
  }

  /// The same, ready to run: inputs quantized, and A x' computed.
  func products(
    _ block: RowBlock, _ input: ProjectionInput, into outputs: [(Projection, Matrix)]
  ) -> [Linear] {
    var shared: QuantizedActivations?
    return outputs.map { projection, out in
      if let scales = block.sequences.inputScales(projection, layer: block.layer) {
        let scaled = quantized(block, input, .scaledInput(projection), scales: scales)
        return product(projection, of: scaled, block, into: out)
      }
      let rows = shared ?? quantized(block, input, .quantized)
      shared = rows
      return product(projection, of: rows, block, into: out)
    }
  }

  /// One projection of quantized rows.
  private func product(
    _ projection: Projection, of rows: QuantizedActivations, _ block: RowBlock, into out: Matrix
  ) -> Linear {
    let weights = layers[block.layer]
    return Linear(
      rows, weights.projections[projection], into: out, bias: weights.biases[projection]?.base,
      adjustments: epilogue(projection, rows, block))
  }

  // MARK: Residual

  /// hidden += norm(W x), the norm being left out where `norm` is nil.
  ///
  /// - Parameter states: x, [rows, inputSize]; overwritten.
  func add(
    _ projection: Projection, of states: Matrix, to hidden: Matrix, _ block: RowBlock,
    normalizedBy norm: Weight?
  ) {
    add(to: hidden, block, normalizedBy: norm) { out in
      products(block, .consumed(states), into: [(projection, out)])
    }
  }

  /// The same for an x that is quantized already.
  func add(
    _ projection: Projection, of rows: QuantizedActivations, to hidden: Matrix, _ block: RowBlock,
    normalizedBy norm: Weight?
  ) {
    add(to: hidden, block, normalizedBy: norm) { out in
      [product(projection, of: rows, block, into: out)]
    }
  }

  private func add(
    to hidden: Matrix, _ block: RowBlock, normalizedBy norm: Weight?,
    _ products: (_ out: Matrix) -> [Linear]
  ) {
    let parallel = block.pass.parallel
    guard let norm else {
      var added = products(hidden)
      for index in added.indices { added[index].accumulates = true }
      return Linear.apply(added, parallel: parallel)
    }
    let projected = block.pass.matrix(.projected, hidden.rows, hidden.columns)
    Linear.apply(products(projected), parallel: parallel)
    parallel.ranges(hidden.rows, grain: 8) { rows in
      for row in rows {
        normalize(projected.row(row), by: norm)
        Elementwise.add(hidden.row(row), projected.row(row), count: hidden.columns)
      }
    }
  }

  /// An RMS norm in place.
  func normalize(_ states: UnsafeMutablePointer<Float>, by norm: Weight) {
    RMSNorm.apply(states, weight: norm, epsilon: configuration.normEpsilon, into: states)
  }

  // MARK: Quantization

  /// The rows of an input in the data type of the model's products.
  ///
  /// - Parameter scales: For each sequence what its rows are multiplied by before, [columns], or
  ///   nil.
  func quantized(
    _ block: RowBlock, _ input: ProjectionInput, _ buffer: ActivationBuffer,
    scales: [UnsafePointer<Float>?] = []
  ) -> QuantizedActivations {
    let (parallel, columns) = (block.pass.parallel, input.columns)
    let quantized = quantizedRows(block, buffer, columns: columns)
    let scratch = block.pass.matrix(
      .row, parallel.threads, ActivationTable.rowColumns(columns))
    parallel.parts(quantized.rows, grain: 1 + (1 << 13) / columns) { thread, rows in
      for row in rows {
        var states = self.row(row, of: input, scratch.row(thread))
        if !scales.isEmpty, let scale = scales[block.sequence(row)] {
          if states != scratch.row(thread) {
            scratch.row(thread).update(from: states, count: columns)
            states = scratch.row(thread)
          }
          Elementwise.multiply(states, scale, count: columns)
        }
        quantized.quantize(row, states)
      }
    }
    return quantized
  }

  /// One row of an input, which may be overwritten.
  private func row(
    _ row: Int, of input: ProjectionInput, _ scratch: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    switch input {
    case .normalized(let states, let norm?):
      RMSNorm.apply(
        states.row(row), weight: norm, epsilon: configuration.normEpsilon, into: scratch)
    case .normalized(let states, nil):
      scratch.update(from: states.row(row), count: states.columns)
    case .consumed(let states):
      return states.row(row)
    }
    return scratch
  }

  /// Memory for a block's quantized rows.
  func quantizedRows(_ block: RowBlock, _ buffer: ActivationBuffer, columns: Int)
    -> QuantizedActivations
  {
    let rows = block.rows.count
    let count = QuantizedActivations.scratchCount(rows: rows, columns: columns, compute)
    return QuantizedActivations(
      block.pass.matrix(buffer, 1, count), rows: rows, columns: columns, compute)
  }

  // MARK: Adapters

  /// What the rows' adapters do in a projection's epilogue, with A x computed; nil for nothing.
  private func epilogue(
    _ projection: Projection, _ rows: QuantizedActivations, _ block: RowBlock
  ) -> EpilogueOperands? {
    guard let table = block.sequences.epilogues(projection, layer: block.layer) else { return nil }
    return EpilogueOperands(
      table, entryOfRow: block.sequences.ofRow + block.rows.lowerBound,
      inner: lowRankInner(projection, rows, block))
  }

  /// A x of the rows whose adapters have a low-rank update, [rows, greatest rank]; nil if none has.
  private func lowRankInner(
    _ projection: Projection, _ rows: QuantizedActivations, _ block: RowBlock
  ) -> Matrix? {
    let groups = block.sequences.lowRankGroups(projection, layer: block.layer, in: block.rows)
    guard let columns = groups.map(\.lowRank.a.columns).max() else { return nil }
    let inner = block.pass.matrix(.lowRankInner(projection), rows.rows, columns)
    block.pass.parallel.ranges(groups.count, grain: 4) { range in
      for index in range {
        let (own, lowRank) = groups[index]
        let next = index + 1 < range.upperBound ? groups[index + 1].lowRank.a : nil
        lowRank.a.multiply(rows, rows: own, into: inner, next: next)
      }
    }
    return inner
  }
}
