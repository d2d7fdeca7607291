import Foundation
import ParaTensors
import ParaTestSupport
import Testing

/// A head that is gone through in int8 against whole rows in its own numbers.
@Suite struct ScreenedHeadTests {
  @Test(arguments: [1, 17, 385, 4000], [(ComputeType.bfloat16, 1), (.bfloat16, 2), (.float32, 1)])
  func wordsHaveTheLogitsOfTheWholeRow(vocabulary: Int, run: (compute: ComputeType, threads: Int)) {
    var random = SeededGenerator(seed: UInt64(vocabulary))
    let (count, hidden) = (9, 300)
    let parallel = Parallel(threads: run.threads)
    let weight = Weight(
      FloatBuffer(random.floats(vocabulary * hidden, in: -0.5...0.5)), rows: vocabulary,
      columns: hidden)
    let head = ScreenedHead(weight, for: run.compute, cap: 30, parallel: parallel)
    let memory = FloatBuffer(
      count: QuantizedActivations.scratchCount(rows: count, columns: hidden, run.compute))
    let rows = QuantizedActivations(
      Matrix(base: memory.base, rows: 1, columns: memory.count), rows: count, columns: hidden,
      run.compute)
    for row in 0..<count {
      // From rows on which no word stands out to rows on which one has it all.
      var state = random.floats(hidden).map { $0 * Float(row) / 4 }
      rows.quantize(row, &state)
    }
    let logits = FloatBuffer(count: count * vocabulary)
    let whole = Matrix(base: logits.base, rows: count, columns: vocabulary)
    head.logits(rows, 0..<count, into: whole, parallel: parallel)

    let apart = Set([0, Int32(vocabulary / 2), Int32(vocabulary - 1)]).sorted()
    let queries = (0..<count).map {
      VocabularyHead.Query(count: $0, apart: $0 % 3 == 2 ? apart : [])
    }
    let scratch = FloatBuffer(
      count: ScreenedHead.scratchCount(
        rows: count, vocabulary: vocabulary, hidden: hidden, run.compute, threads: run.threads))
    let answers = head.answers(
      rows, queries, scratch: Matrix(base: scratch.base, rows: 1, columns: scratch.count),
      parallel: parallel)
    for (row, answer) in answers.enumerated() {
      let numbers = whole.row(row)
      let ranked = (0..<Int32(vocabulary)).filter { !queries[row].apart.contains($0) }
        .sorted { (-numbers[Int($0)], $0) < (-numbers[Int($1)], $1) }
      #expect(answer.best.map(\.token) == Array(ranked.prefix(queries[row].count)))
      #expect(answer.best.map(\.logit) == answer.best.map { numbers[Int($0.token)] })
      #expect(answer.apart == queries[row].apart.map { numbers[Int($0)] })
      let exact = LogitRow.logSumExp(numbers, vocabulary: vocabulary)
      // A logit of int8 alone is off by a hundredth of the logits' spread.
      let squares = (0..<vocabulary).reduce(0) { $0 + numbers[$1] * numbers[$1] }
      let spread = (squares / Float(vocabulary)).squareRoot()
      #expect(abs(answer.logSumExp - exact) <= 0.003 * spread, "row \(row)")
    }
    withExtendedLifetime((memory, logits)) {}
  }

  @Test func statesThatAreNoNumbersGiveNoWords() {
    #expect(answer(of: .nan, .init(count: 2, apart: [3])).best.isEmpty)
  }

  @Test func tokensBeyondTheVocabularyAreImpossible() {
    let apart = answer(of: 1, .init(count: 2, apart: [3, 4, 1000, .max])).apart
    #expect(abs(apart[0] - 16) < 1e-4)
    #expect(apart.dropFirst().allSatisfy { $0 == -.infinity })
  }

  /// Of four words that are 1 everywhere.
  private func answer(of state: Float, _ query: VocabularyHead.Query) -> VocabularyHead.Answer {
    let parallel = Parallel(threads: 1)
    let weight = Weight(FloatBuffer([Float](repeating: 1, count: 64)), rows: 4, columns: 16)
    let head = ScreenedHead(weight, for: .bfloat16, cap: .infinity, parallel: parallel)
    let memory = FloatBuffer(
      count: QuantizedActivations.scratchCount(rows: 1, columns: 16, .bfloat16))
    let rows = QuantizedActivations(
      Matrix(base: memory.base, rows: 1, columns: memory.count), rows: 1, columns: 16, .bfloat16)
    var states = [Float](repeating: state, count: 16)
    rows.quantize(0, &states)
    let scratch = FloatBuffer(
      count: ScreenedHead.scratchCount(
        rows: 1, vocabulary: 4, hidden: 16, .bfloat16, threads: 1))
    defer { withExtendedLifetime(memory) {} }
    return head.answers(
      rows, [query], scratch: Matrix(base: scratch.base, rows: 1, columns: scratch.count),
      parallel: parallel)[0]
  }
}
