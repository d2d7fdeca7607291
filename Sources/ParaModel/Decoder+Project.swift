import ParaTensors

extension Decoder {
  /// Some of a pass's rows on their way through a layer.
  struct RowBlock {
    let rows: Range<Int>
    let layer: Int
    let sequences: PackedSequences
    let context: ForwardContext

    /// The segment of a row.
    func sequence(_ row: Int) -> Int { Int(sequences.ofRow[rows.lowerBound + row]) }
  }

  /// Projections of the same states: y = scale ⊙ (W x + b + bias + B (A x) · factor), b being the
  /// model's own bias and the rest each row's adapter's, after the row's own scaling of x where its
  /// adapter has one.
  ///
  /// - Parameters:
  ///   - columns: Numbers of a state.
  ///   - outputs: For each projection where its outputs go, [chunk rows, outputs].
  ///   - state: Writes or finds one state, by its row in the chunk; may use the scratch row.
  /// - Returns: What is to be multiplied, a product for each projection.
  func projections(
    _ block: RowBlock, columns: Int, _ outputs: [(projection: Projection, out: Matrix)],
    state: (_ row: Int, _ scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float>
  ) -> [Linear] {
    var shared: QuantizedActivations?
    return outputs.map { projection, out in
      let rows: QuantizedActivations
      if let scales = block.sequences.inputScales(projection, layer: block.layer) {
        rows = prepare(
          block, columns: columns,
          slot: ForwardContext.ActivationBuffer.number(ofScaled: projection)
        ) {
          row, scratch in
          let numbers = state(row, scratch)
          if numbers != scratch { scratch.update(from: numbers, count: columns) }
          if let scale = scales[block.sequence(row)] {
            Elementwise.multiply(scratch, scale, count: columns)
          }
          return scratch
        }
      } else {
        rows = shared ?? prepare(block, columns: columns, state: state)
        shared = rows
      }
      return product(projection, of: rows, block, into: out)
    }
  }

  /// One projection of rows that are prepared.
  func product(
    _ projection: Projection, of rows: QuantizedActivations, _ block: RowBlock, into out: Matrix
  )
    -> Linear
  {
    let weights = layers[block.layer]
    return Linear(
      rows, weights.projections[projection], into: out, bias: weights.biases[projection]?.base,
      adjustments: adjustments(projection, rows, block))
  }

  /// States in the numbers of the model's products.
  func prepare(
    _ block: RowBlock, columns: Int, slot: Int = ForwardContext.ActivationBuffer.prepared.rawValue,
    state: (_ row: Int, _ scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float>
  ) -> QuantizedActivations {
    let context = block.context
    let prepared = rows(block, columns, slot)
    let scratch = context.matrix(.row, context.parallel.threads, (columns + 15) / 16 * 16)
    context.parallel.parts(prepared.rows, grain: 1 + (1 << 13) / columns) { thread, range in
      for row in range { prepared.quantize(row, state(row, scratch.row(thread))) }
    }
    return prepared
  }

  /// Room for a chunk's prepared rows.
  func rows(_ block: RowBlock, _ columns: Int, _ slot: Int) -> QuantizedActivations {
    let count = QuantizedActivations.scratchCount(rows: block.rows.count, columns: columns, compute)
    let memory = block.context.arena.matrix(slot, rows: 1, columns: count)
    return QuantizedActivations(memory, rows: block.rows.count, columns: columns, compute)
  }

  /// What the rows' adapters do at a projection, the low-rank parts' inner products made.
  private func adjustments(
    _ projection: Projection, _ prepared: QuantizedActivations, _ block: RowBlock
  )
    -> EpilogueOperands?
  {
    guard let table = block.sequences.adjustments(projection, layer: block.layer) else {
      return nil
    }
    var inner: Matrix?
    let pieces = block.sequences.lowRankPieces(projection, layer: block.layer, in: block.rows)
    if let columns = pieces.map(\.lowRank.a.columns).max() {
      let matrix = block.context.innerMatrix(projection, prepared.rows, columns)
      block.context.parallel.ranges(pieces.count, grain: 4) { range in
        for index in range {
          let (rows, lowRank) = pieces[index]
          let next = index + 1 < range.upperBound ? pieces[index + 1].lowRank.a : nil
          lowRank.a.multiply(prepared, rows: rows, into: matrix, next: next)
        }
      }
      inner = matrix
    }
    return EpilogueOperands(
      table, entryOfRow: block.sequences.ofRow + block.rows.lowerBound, inner: inner)
  }
}
