import Foundation
import Tensors
import TestSupport
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
    let memory = FloatBuffer(
      count: PreparedRows.scratchCount(rows: rows, columns: hidden, .float32))
    let prepared = PreparedRows(
      Matrix(base: memory.base, rows: 1, columns: memory.count), rows: rows, columns: hidden,
      .float32)
    for row in 0..<rows {
      var state = random.floats(hidden)
      prepared.set(row, &state)
    }

    let logits = FloatBuffer(count: rows * vocabulary)
    let whole = Matrix(base: logits.base, rows: rows, columns: vocabulary)
    head.logits(prepared, 0..<rows, into: whole, parallel: parallel)
    let scratch = FloatBuffer(count: head.scratchCount(rows: rows, threads: threads))
    let apart = Set([0, Int32(vocabulary / 2), Int32(vocabulary - 1)]).sorted()
    let queries = (0..<rows).map {
      VocabularyHead.Query(count: $0 + 1, apart: $0 == 2 ? apart : [])
    }
    let answers = head.answers(
      prepared, queries, scratch: Matrix(base: scratch.base, rows: 1, columns: scratch.count),
      parallel: parallel)
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
    withExtendedLifetime((memory, logits, scratch)) {}
  }
}
