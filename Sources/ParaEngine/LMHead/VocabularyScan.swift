import ParaTensors
import Synchronization

/// One batch's scan of the LM head's vocabulary blocks; other workers' threads may reduce some of them.
final class VocabularyScan: @unchecked Sendable {  // a row's statistics of a block have one writer
  let states: QuantizedActivations  // [rows, hidden]
  let statistics: BlockStatistics
  private let requests: [TopKRequest]
  private let unfinishedBlocks: Atomic<Int>
  private let accumulators = Mutex<[TopKAccumulator]>([])

  /// - Parameter requests: One per row of `states`.
  init(
    _ states: QuantizedActivations, _ requests: [TopKRequest], statistics: BlockStatistics,
    blocks: Int
  ) {
    self.states = states
    self.requests = requests
    self.statistics = statistics
    unfinishedBlocks = Atomic(blocks)
  }

  /// A new accumulator whose tokens count towards the results; one thread's.
  func makeAccumulator() -> TopKAccumulator {
    let accumulator = TopKAccumulator(requests)
    accumulators.withLock { $0.append(accumulator) }
    return accumulator
  }

  /// Called by the thread that reduced a block, after its last write.
  func finishBlock() { unfinishedBlocks.subtract(1, ordering: .releasing) }

  /// Waits for the blocks that other threads still reduce, then merges the results of each row.
  func results() -> [TopKResult] {
    var wait = SpinWait()
    while unfinishedBlocks.load(ordering: .acquiring) > 0 { wait.pause() }
    let accumulators = accumulators.withLock(\.self)
    return requests.indices.map { row in
      TopKAccumulator.merge(
        accumulators, row: row, requests[row], logSumExp: statistics.logSumExp(row: row))
    }
  }
}
