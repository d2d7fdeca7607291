internal import CParaKernels

/// The LM head: hidden states × vocabulary weights, fused with top-k and log-sum-exp, so that the
/// [tokens, vocabulary] logits are never stored.
///
/// The vocabulary is divided into fixed blocks of `blockSize` tokens. `reduce` computes one block's
/// logits for all rows of a batch and keeps of them their best tokens, the gathered logits and the
/// block's part of the log-sum-exp. The blocks are the same for every batch and thread count, so a
/// row's results do not depend on either. Which thread reduces which block, and for which batches,
/// is the caller's decision (the engine's `SharedScan`).
///
/// **NaN logits.** A NaN logit never ranks among the best tokens and makes the row's log-sum-exp
/// NaN, so every log-probability of that row is NaN. `BeamSearch.advance` and `Sampler.sample` refuse
/// NaN with `SearchError.invalidScore`; a beam that has fewer candidates than its neighbours, because
/// all its logits are NaN, is refused the same way by the engine's `SequenceSearch.advance`. The request
/// fails alone; in a job its row goes to `errors.jsonl`. Quantizing states or weights to int8 or int16
/// keeps NaN: the scale of a row that holds one is NaN.
package struct LMHead: Sendable {
  package let weight: PackedWeight  // [vocabulary, hidden]
  /// Soft cap of the logits: cap · tanh(logit / cap); infinite for none.
  package let cap: Float

  package init(weight: PackedWeight, cap: Float) {
    self.weight = weight
    self.cap = cap
  }

  /// Panels of a vocabulary block: 384 tokens, whose logits for `tileRows` rows stay in the L2 cache.
  private static let blockPanels = 24
  /// Tokens of a vocabulary block.
  package static let blockSize = blockPanels * PackedWeight.panelFeatures
  /// Rows whose logits of a block are computed at a time.
  private static let tileRows = 64
  /// Floats of one thread's logits tile, [tileRows, blockSize].
  package static let tileCount = tileRows * blockSize

  /// Vocabulary blocks.
  package var blocks: Int { Self.blocks(vocabulary: weight.rows) }

  static func blocks(vocabulary: Int) -> Int { (vocabulary + blockSize - 1) / blockSize }

  /// Floats of scratch for a scan of the vocabulary: block statistics and a logits tile per thread.
  package static func scratchCount(rows: Int, vocabulary: Int, threads: Int) -> Int {
    BlockStatistics.count(rows: rows, blocks: blocks(vocabulary: vocabulary)) + threads * tileCount
  }

  /// All logits of some rows, soft-capped.
  ///
  /// - Parameters:
  ///   - states: [rows, hidden]
  ///   - out: [range.count, vocabulary]
  package func logits(
    _ states: QuantizedActivations, _ range: Range<Int>, into out: Matrix, parallel: Parallel
  ) {
    precondition(out.rows >= range.count && out.columns == weight.rows)
    // The product writes each row at its own index.
    let shifted = Matrix(
      base: out.base - range.lowerBound * out.columns, rows: states.rows, columns: out.columns)
    parallel.ranges(blocks, grain: 1) { blocks in
      let end = min(blocks.upperBound * Self.blockPanels, weight.panels)
      Linear(states, weight, into: shifted)
        .run(rows: range, panels: blocks.lowerBound * Self.blockPanels..<end)
    }
    guard cap < .infinity else { return }
    parallel.ranges(range.count, grain: 1) { own in
      for row in own { Elementwise.softCap(out.row(row), cap, count: weight.rows) }
    }
  }

  /// Computes one vocabulary block's logits for all rows of a batch and reduces them.
  ///
  /// - Parameters:
  ///   - states: [rows, hidden]
  ///   - tile: Scratch of the calling thread, `tileCount` floats.
  ///   - statistics: Receives the block's maximum and sum of exponentials of every row.
  ///   - accumulator: Receives the block's best and gathered logits of every row.
  package func reduce(
    block: Int, _ states: QuantizedActivations, tile: UnsafeMutablePointer<Float>,
    _ statistics: BlockStatistics, into accumulator: TopKAccumulator
  ) {
    let panels = block * Self.blockPanels..<min((block + 1) * Self.blockPanels, weight.panels)
    let next = weight.address(panel: panels.upperBound % weight.panels)
    let first = block * Self.blockSize
    let count = min(weight.rows - first, Self.blockSize)
    for start in stride(from: 0, to: states.rows, by: Self.tileRows) {
      let rows = start..<min(start + Self.tileRows, states.rows)
      // The product writes each row at its own index.
      let out = Matrix(
        base: tile - start * Self.blockSize, rows: states.rows, columns: Self.blockSize)
      Linear(states, weight, panels: panels, into: out).run(rows: rows, next: next)
      for row in rows {
        let logits = out.row(row)
        Elementwise.softCap(logits, cap, count: count)
        let largest = Kernels.current.largest(logits, count)
        statistics.set(
          row, block, largest: largest, sumOfExp: Kernels.current.sumOfExp(logits, count, largest))
        accumulator.add(row, logits, first..<first + count, largest: largest)
      }
    }
  }
}
