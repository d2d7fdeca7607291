import ParaAdapters
import ParaTensors

extension Decoder {
  /// Some of a pass's rows on their way through a layer.
  struct Chunk {
    let rows: Range<Int>
    let layer: Int
    let segments: Segments
    let pass: Pass

    /// The segment of a row.
    func segment(_ row: Int) -> Int { Int(segments.ofRow[rows.lowerBound + row]) }
  }

  /// Projections of the same states: y = scale ⊙ (W x + b + bias + B (A x) · factor), b being the
  /// model's own bias and the rest each row's adapter's, after the row's own scaling of x where its
  /// adapter has one.
  ///
  /// - Parameters:
  ///   - columns: Numbers of a state.
  ///   - outputs: For each site where its outputs go, [chunk rows, outputs].
  ///   - state: Writes or finds one state, by its row in the chunk; may use the scratch row.
  /// - Returns: What is to be multiplied, a product for each site.
  func projections(
    _ chunk: Chunk, columns: Int, _ outputs: [(site: Site, out: Matrix)],
    state: (_ row: Int, _ scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float>
  ) -> [Product] {
    var shared: PreparedRows?
    return outputs.map { site, out in
      let rows: PreparedRows
      if let scales = chunk.segments.inputScales(site, layer: chunk.layer) {
        rows = prepare(chunk, columns: columns, slot: Pass.Slot.number(ofScaled: site)) {
          row, scratch in
          let numbers = state(row, scratch)
          if numbers != scratch { scratch.update(from: numbers, count: columns) }
          if let scale = scales[chunk.segment(row)] {
            Elementwise.multiply(scratch, scale, count: columns)
          }
          return scratch
        }
      } else {
        rows = shared ?? prepare(chunk, columns: columns, state: state)
        shared = rows
      }
      return product(site, of: rows, chunk, into: out)
    }
  }

  /// One projection of rows that are prepared.
  func product(_ site: Site, of rows: PreparedRows, _ chunk: Chunk, into out: Matrix) -> Product {
    let weights = layers[chunk.layer]
    return Product(
      rows, weights.projections[site], into: out, bias: weights.biases[site]?.base,
      adjustments: adjustments(site, rows, chunk))
  }

  /// States in the numbers of the model's products.
  func prepare(
    _ chunk: Chunk, columns: Int, slot: Int = Pass.Slot.prepared.rawValue,
    state: (_ row: Int, _ scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float>
  ) -> PreparedRows {
    let pass = chunk.pass
    let prepared = rows(chunk, columns, slot)
    let scratch = pass.matrix(.row, pass.parallel.threads, (columns + 15) / 16 * 16)
    pass.parallel.parts(prepared.rows, grain: 1 + (1 << 13) / columns) { thread, range in
      for row in range { prepared.set(row, state(row, scratch.row(thread))) }
    }
    return prepared
  }

  /// Room for a chunk's prepared rows.
  func rows(_ chunk: Chunk, _ columns: Int, _ slot: Int) -> PreparedRows {
    let count = PreparedRows.scratchCount(rows: chunk.rows.count, columns: columns, compute)
    let memory = chunk.pass.workspace.matrix(slot, rows: 1, columns: count)
    return PreparedRows(memory, rows: chunk.rows.count, columns: columns, compute)
  }

  /// What the rows' adapters do at a projection, the low-rank parts' inner products made.
  private func adjustments(_ site: Site, _ prepared: PreparedRows, _ chunk: Chunk)
    -> RowAdjustments?
  {
    guard let table = chunk.segments.adjustments(site, layer: chunk.layer) else { return nil }
    var inner: Matrix?
    let pieces = chunk.segments.lowRankPieces(site, layer: chunk.layer, in: chunk.rows)
    if let columns = pieces.map(\.lowRank.down.columns).max() {
      let matrix = chunk.pass.innerMatrix(site, prepared.rows, columns)
      chunk.pass.parallel.ranges(pieces.count, grain: 4) { range in
        for index in range {
          let (rows, lowRank) = pieces[index]
          let next = index + 1 < range.upperBound ? pieces[index + 1].lowRank.down : nil
          lowRank.down.multiply(prepared, rows: rows, into: matrix, next: next)
        }
      }
      inner = matrix
    }
    return RowAdjustments(
      table, segmentOfRow: chunk.segments.ofRow + chunk.rows.lowerBound, inner: inner)
  }
}
