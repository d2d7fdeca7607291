import Foundation
import ParaTensors
import ParaTestSupport
import Synchronization
import Testing

/// The reduced rows of logits against whole ones, over vocabularies around the parts' size.
@Suite struct VocabularyHeadTests {
  @Test(arguments: [1, 17, 384, 385, 1000], [1, 2]) func equalsTheWholeRow(
    vocabulary: Int, threads: Int
  ) {
    var random = SeededGenerator(seed: UInt64(vocabulary))
    let (rows, hidden) = (5, 24)
    let parallel = Parallel(threads: threads)
    let weight = Weight(
      FloatBuffer(random.floats(vocabulary * hidden)), rows: vocabulary, columns: hidden)
    let head = VocabularyHead(
      weight: PackedWeight(weight, for: .float32, parallel: parallel), cap: 3)
    let states = States(&random, rows: rows, hidden: hidden)
    let prepared = states.rows

    let logits = FloatBuffer(count: rows * vocabulary)
    let whole = Matrix(base: logits.base, rows: rows, columns: vocabulary)
    head.logits(prepared, 0..<rows, into: whole, parallel: parallel)
    let apart = Set([0, Int32(vocabulary / 2), Int32(vocabulary - 1)]).sorted()
    let queries = (0..<rows).map {
      VocabularyHead.Query(count: $0 + 1, apart: $0 == 2 ? apart : [])
    }
    let answers = states.answers(head, queries, parallel)
    for (row, answer) in answers.enumerated() {
      let numbers = whole.row(row)
      #expect(answer.logSumExp == LogitRow.logSumExp(numbers, vocabulary: vocabulary))
      let ranked = (0..<Int32(vocabulary)).filter { !queries[row].apart.contains($0) }
        .sorted { (-numbers[Int($0)], $0) < (-numbers[Int($1)], $1) }
      #expect(answer.best.map(\.token) == Array(ranked.prefix(queries[row].count)))
      #expect(answer.best.map(\.logit) == answer.best.map { numbers[Int($0.token)] })
      #expect(answer.apart == queries[row].apart.map { numbers[Int($0)] })
      let exact = log((0..<vocabulary).reduce(0.0) { $0 + exp(Double(numbers[$1])) })
      #expect(abs(Double(answer.logSumExp) - exact) < 1e-5)
    }
    withExtendedLifetime(logits) {}
  }

  /// Batches of one piece of rows and of several, which join each other's way at any part; half of the
  /// tokens have a double in another part, whose logits are the same.
  @Test func batchesThatMeetFindWhatTheyFindAlone() throws {
    var random = SeededGenerator(seed: 7)
    let (vocabulary, hidden) = (4000, 16)
    let half = random.floats(vocabulary / 2 * hidden)
    let head = VocabularyHead(
      weight: PackedWeight(
        Weight(FloatBuffer(half + half), rows: vocabulary, columns: hidden), for: .float32,
        parallel: Parallel(threads: 1)),
      cap: .infinity)
    let batches = [1, 5, 70].map { States(&random, rows: $0, hidden: hidden) }
    let queries = batches.map { batch in
      (0..<batch.rows.rows).map {
        VocabularyHead.Query(count: 1 + $0 % 5, apart: $0 % 3 == 0 ? [Int32($0)] : [])
      }
    }
    @Sendable func find(_ index: Int, threads: Int) -> [VocabularyHead.Answer] {
      batches[index].answers(head, queries[index], Parallel(threads: threads))
    }
    let alone = batches.indices.map { find($0, threads: 1) }
    let differences = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 3) { index in
      for _ in 0..<300 {
        let met = find(index, threads: 1 + index % 2)
        let differing = zip(met, alone[index]).count {
          $0.logSumExp != $1.logSumExp || $0.apart != $1.apart
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

  /// Random states, ready for the head.
  private struct States: @unchecked Sendable {  // written before it is shared
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

    func answers(
      _ head: VocabularyHead, _ queries: [VocabularyHead.Query], _ parallel: Parallel
    ) -> [VocabularyHead.Answer] {
      let scratch = FloatBuffer(
        count: VocabularyHead.scratchCount(
          rows: rows.rows, vocabulary: head.weight.rows, threads: parallel.threads))
      return head.answers(
        rows, queries, scratch: Matrix(base: scratch.base, rows: 1, columns: scratch.count),
        parallel: parallel)
    }
  }
}
