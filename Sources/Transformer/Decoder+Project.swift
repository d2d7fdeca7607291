import Adapters
import Tensors

extension Decoder {
  /// Some of a pass's rows on their way through a layer.
  struct Chunk {
    let rows: Range<Int>
    let layer: Int
    let segments: Segments
    let pass: Pass
  }

  /// Projections of the same states: y = scale ⊙ (W x + b + bias + B (A x) · factor), b being the
  /// model's own bias and the rest each row's adapter's, after the row's own scaling of x where its
  /// adapter has one.
  ///
  /// - Parameters:
  ///   - columns: Numbers of a state.
  ///   - outputs: For each site where its outputs go, [chunk rows, outputs].
  ///   - accumulates: True if outputs are added to what is there.
  ///   - state: Writes or finds one state, by its row in the chunk; may use the scratch row.
  func project(
    _ chunk: Chunk, columns: Int, _ outputs: [(site: Site, out: Matrix)],
    accumulates: Bool = false,
    state: (_ row: Int, _ scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float>
  ) {
    let plain = outputs.filter {
      chunk.segments.inputScales($0.site, layer: chunk.layer) == nil
    }
    if !plain.isEmpty {
      project(prepare(chunk, columns, state), chunk, plain, accumulates)
    }
    for output in outputs {
      guard let scales = chunk.segments.inputScales(output.site, layer: chunk.layer) else {
        continue
      }
      let prepared = prepare(chunk, columns) { row, scratch in
        let numbers = state(row, scratch)
        if numbers != scratch { scratch.update(from: numbers, count: columns) }
        if let scale = scales[Int(chunk.segments.ofRow[chunk.rows.lowerBound + row])] {
          Elementwise.multiply(scratch, scale, count: columns)
        }
        return scratch
      }
      project(prepared, chunk, [output], accumulates)
    }
  }

  /// States in the numbers of the model's products.
  func prepare(
    _ chunk: Chunk, _ columns: Int,
    _ state: (_ row: Int, _ scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float>
  ) -> PreparedRows {
    let (rows, pass) = (chunk.rows.count, chunk.pass)
    let size = PreparedRows.scratchCount(rows: rows, columns: columns, compute)
    let prepared = PreparedRows(
      pass.matrix(.prepared, 1, size), rows: rows, columns: columns, compute)
    let scratch = pass.matrix(.row, pass.parallel.threads, (columns + 15) / 16 * 16)
    pass.parallel.parts(rows, grain: 1 + (1 << 13) / columns) { thread, range in
      for row in range { prepared.set(row, state(row, scratch.row(thread))) }
    }
    return prepared
  }

  private func project(
    _ prepared: PreparedRows, _ chunk: Chunk, _ outputs: [(site: Site, out: Matrix)],
    _ accumulates: Bool
  ) {
    let weights = layers[chunk.layer]
    let products = outputs.map { site, out in
      Product(
        weights.projections[site], into: out, bias: weights.biases[site]?.base,
        adjustments: adjustments(site, prepared, chunk), accumulates: accumulates)
    }
    Product.apply(prepared, products, parallel: chunk.pass.parallel)
  }

  /// What the rows' adapters do at a projection, the low-rank parts' inner products made.
  private func adjustments(_ site: Site, _ prepared: PreparedRows, _ chunk: Chunk)
    -> RowAdjustments?
  {
    guard let table = chunk.segments.adjustments(site, layer: chunk.layer) else { return nil }
    var inner: Matrix?
    let pieces = chunk.segments.lowRankPieces(site, layer: chunk.layer, in: chunk.rows)
    if let rank = pieces.map(\.lowRank.down.rows).max() {
      let matrix = chunk.pass.innerMatrix(site, prepared.rows, CacheFormat.wholePanels(rank))
      chunk.pass.parallel.ranges(pieces.count, grain: 4) { range in
        for index in range {
          let (rows, lowRank) = pieces[index]
          let next = index + 1 < range.upperBound ? pieces[index + 1].lowRank.down : nil
          Product(lowRank.down, into: matrix)
            .run(prepared, rows, panels: 0..<lowRank.down.panels, next: next)
          // An odd rank's last group has a second half, whose weight is 0.
          let rank = lowRank.down.rows
          if rank % 2 == 1 { for row in rows { matrix.row(row)[rank] = 0 } }
        }
      }
      inner = matrix
    }
    return RowAdjustments(
      table, segmentOfRow: chunk.segments.ofRow + chunk.rows.lowerBound, inner: inner)
  }
}
