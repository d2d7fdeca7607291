import Foundation
import ParaTensors
import ParaTestSupport
import Synchronization
import Testing

@testable import ParaEngine

/// The fused top-k and log-sum-exp against full rows of logits, over vocabularies around the size of a
/// vocabulary block.
@Suite struct SharedScanTests {
  @Test(arguments: [1, 17, 384, 385, 1000], [1, 2]) func equalsTheFullRow(
    vocabulary: Int, threads: Int
  ) {
    var random = SeededGenerator(seed: UInt64(vocabulary))
    let (rows, hidden) = (5, 24)
    let parallel = Parallel(threads: threads)
    let weight = Weight(
      FloatBuffer(random.floats(vocabulary * hidden)), rows: vocabulary, columns: hidden)
    let head = LMHead(
      weight: PackedWeight(weight, for: .float32, parallel: parallel), cap: 3)
    let states = HiddenStates(&random, rows: rows, hidden: hidden)

    let logits = FloatBuffer(count: rows * vocabulary)
    let full = Matrix(base: logits.base, rows: rows, columns: vocabulary)
    head.logits(states.rows, 0..<rows, into: full, parallel: parallel)
    let gathered = Set([0, Int32(vocabulary / 2), Int32(vocabulary - 1)]).sorted()
    let requests = (0..<rows).map {
      TopKRequest(count: $0 + 1, gathered: $0 == 2 ? gathered : [])
    }
    let results = states.topK(SharedScan(head), head, requests, parallel)
    for (row, result) in results.enumerated() {
      let logits = full.row(row)
      #expect(result.logSumExp == LogitRow.logSumExp(logits, vocabulary: vocabulary))
      let ranked = (0..<Int32(vocabulary)).filter { !requests[row].gathered.contains($0) }
        .sorted { (-logits[Int($0)], $0) < (-logits[Int($1)], $1) }
      #expect(result.best.map(\.token) == Array(ranked.prefix(requests[row].count)))
      #expect(result.best.map(\.logit) == result.best.map { logits[Int($0.token)] })
      #expect(result.gathered == requests[row].gathered.map { logits[Int($0)] })
      let exact = log((0..<vocabulary).reduce(0.0) { $0 + exp(Double(logits[$1])) })
      #expect(abs(Double(result.logSumExp) - exact) < 1e-5)
    }
    withExtendedLifetime(logits) {}
  }

  /// Batches of one tile and of several, which join each other's scan at any block; half of the tokens
  /// have a duplicate in another block, whose logits are equal.
  @Test func batchesThatShareAScanFindWhatTheyFindAlone() throws {
    var random = SeededGenerator(seed: 7)
    let (vocabulary, hidden) = (4000, 16)
    let half = random.floats(vocabulary / 2 * hidden)
    let head = LMHead(
      weight: PackedWeight(
        Weight(FloatBuffer(half + half), rows: vocabulary, columns: hidden), for: .float32,
        parallel: Parallel(threads: 1)),
      cap: .infinity)
    let scan = SharedScan(head)
    let batches = [1, 5, 70].map { HiddenStates(&random, rows: $0, hidden: hidden) }
    let requests = batches.map { batch in
      (0..<batch.rows.rows).map {
        TopKRequest(count: 1 + $0 % 5, gathered: $0 % 3 == 0 ? [Int32($0)] : [])
      }
    }
    @Sendable func find(_ index: Int, threads: Int) -> [TopKResult] {
      batches[index].topK(scan, head, requests[index], Parallel(threads: threads))
    }
    let alone = batches.indices.map { find($0, threads: 1) }
    let differences = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 3) { index in
      for _ in 0..<300 {
        let shared = find(index, threads: 1 + index % 2)
        let differing = zip(shared, alone[index]).count {
          $0.logSumExp != $1.logSumExp || $0.gathered != $1.gathered
            || $0.best.map(\.token) != $1.best.map(\.token)
            || $0.best.map(\.logit) != $1.best.map(\.logit)
        }
        differences.withLock { $0 += differing }
      }
    }
    #expect(differences.withLock(\.self) == 0)
    let best = try #require(alone[2][4].best.first)
    #expect(best.token < vocabulary / 2)
    #expect(alone[2][4].best[1].token == best.token + Int32(vocabulary / 2))
  }

  /// Random hidden states in fp32, [rows, hidden].
  private struct HiddenStates: @unchecked Sendable {  // written before it is shared
    let rows: QuantizedActivations
    private let memory: FloatBuffer

    init(_ random: inout SeededGenerator, rows count: Int, hidden: Int) {
      memory = FloatBuffer(
        count: QuantizedActivations.scratchCount(rows: count, columns: hidden, .float32))
      rows = QuantizedActivations(
        Matrix(base: memory.base, rows: 1, columns: memory.count), rows: count, columns: hidden,
        .float32)
      for row in 0..<count {
        var state = random.floats(hidden)
        rows.quantize(row, &state)
      }
    }

    func topK(
      _ scan: SharedScan, _ head: LMHead, _ requests: [TopKRequest], _ parallel: Parallel
    ) -> [TopKResult] {
      let scratch = FloatBuffer(
        count: LMHead.scratchCount(
          rows: rows.rows, vocabulary: head.weight.rows, threads: parallel.threads))
      defer { withExtendedLifetime((memory, scratch)) {} }
      return scan.topK(rows, requests, scratch: scratch.base, parallel: parallel)
    }
  }
}
