import ParaTensors
import Synchronization

/// The cooperative scan of the LM head's vocabulary blocks by all workers of an engine.
///
/// A batch joins at the block that comes next and leaves after one round over all blocks. A thread
/// that takes a block reduces it for every batch in the scan, so the block's weights are read from
/// memory once. Threads stay until no block is left for any batch: batches leave together, then run
/// the next layers side by side and find each other's weights in the cache.
///
/// Source: scans shared between queries, as in Harizopoulos et al., "QPipe", SIGMOD 2005.
final class SharedScan: Sendable {
  private struct State {
    var nextBlock = 0
    var joined: [(scan: VocabularyScan, blocksLeft: Int)] = []
  }

  private let head: LMHead
  private let state = Mutex(State())

  init(_ head: LMHead) { self.head = head }

  /// The top-k results of a batch's rows.
  ///
  /// - Parameters:
  ///   - states: [rows, hidden]
  ///   - requests: One per row.
  ///   - scratch: At least `LMHead.scratchCount` floats.
  func topK(
    _ states: QuantizedActivations, _ requests: [TopKRequest], scratch: UnsafeMutablePointer<Float>,
    parallel: Parallel
  ) -> [TopKResult] {
    precondition(states.rows == requests.count)
    guard states.rows > 0 else { return [] }
    let own = VocabularyScan(
      states, requests, statistics: BlockStatistics(scratch, blocks: head.blocks),
      blocks: head.blocks)
    let tiles = scratch + BlockStatistics.count(rows: states.rows, blocks: head.blocks)
    join(own)
    parallel.parts(parallel.threads, grain: 1) { thread, _ in
      var accumulators = ThreadAccumulators()
      while let (block, scans) = takeBlock() {
        for scan in scans {
          head.reduce(
            block: block, scan.states, tile: tiles + thread * LMHead.tileCount, scan.statistics,
            into: accumulators.accumulator(for: scan, block: block))
          scan.finishBlock()
        }
      }
    }
    return own.results()
  }

  private func join(_ scan: VocabularyScan) {
    state.withLock { $0.joined.append((scan, head.blocks)) }
  }

  /// The next block and the batches that need it; nil if no batch needs any.
  private func takeBlock() -> (block: Int, scans: [VocabularyScan])? {
    state.withLock { state in
      guard !state.joined.isEmpty else { return nil }
      let taken = (state.nextBlock, state.joined.map(\.scan))
      state.nextBlock = (state.nextBlock + 1) % head.blocks
      for index in state.joined.indices { state.joined[index].blocksLeft -= 1 }
      state.joined.removeAll { $0.blocksLeft == 0 }
      return taken
    }
  }

  /// One thread's accumulators for the batches whose blocks it reduces.
  private struct ThreadAccumulators {
    private var entries: [(scan: VocabularyScan, accumulator: TopKAccumulator, block: Int)] = []

    /// A batch's accumulator; a new one after the last block was followed by the first, because an
    /// accumulator takes blocks in ascending order.
    mutating func accumulator(for scan: VocabularyScan, block: Int) -> TopKAccumulator {
      if let index = entries.lastIndex(where: { $0.scan === scan }), entries[index].block < block {
        entries[index].block = block
        return entries[index].accumulator
      }
      entries.append((scan, scan.makeAccumulator(), block))
      return entries[entries.count - 1].accumulator
    }
  }
}

extension SharedScan {
  /// The top-k results of hidden states, by a head's shortlist where it has one.
  ///
  /// - Parameters:
  ///   - states: [rows, hidden], as they left the model.
  ///   - scratch: At least `ShortlistLMHead.scratchCount` floats.
  func topK(
    _ states: QuantizedActivations, _ requests: [TopKRequest], of head: ShortlistLMHead,
    scratch: Matrix,
    parallel: Parallel
  ) -> [TopKResult] {
    let (scanned, rest) = head.scanStates(states, scratch: scratch, parallel: parallel)
    let results = topK(
      scanned, requests.map(head.scanRequest), scratch: rest, parallel: parallel)
    return head.rescored(results, states, requests, parallel: parallel)
  }
}
