import Foundation
import ParaTensors
import ParaTestSupport
import Testing

@testable import ParaEngine

/// A head that scans the vocabulary in int8 and rescores a shortlist, against its exact logits.
@Suite struct ShortlistLMHeadTests {
  @Test(arguments: [1, 17, 385, 4000], [(ComputeType.bfloat16, 1), (.bfloat16, 2), (.float32, 1)])
  func tokensHaveTheLogitsOfTheFullRow(vocabulary: Int, run: (compute: ComputeType, threads: Int)) {
    var random = SeededGenerator(seed: UInt64(vocabulary))
    let (count, hidden) = (9, 300)
    let parallel = Parallel(threads: run.threads)
    let weight = Weight(
      FloatBuffer(random.floats(vocabulary * hidden, in: -0.5...0.5)), rows: vocabulary,
      columns: hidden)
    let head = ShortlistLMHead(weight, for: run.compute, cap: 30, parallel: parallel)
    let memory = FloatBuffer(
      count: QuantizedActivations.scratchCount(rows: count, columns: hidden, run.compute))
    let states = QuantizedActivations(
      Matrix(base: memory.base, rows: 1, columns: memory.count), rows: count, columns: hidden,
      run.compute)
    for row in 0..<count {
      // From flat distributions to ones where a single token has all the probability.
      var state = random.floats(hidden).map { $0 * Float(row) / 4 }
      states.quantize(row, &state)
    }
    let logits = FloatBuffer(count: count * vocabulary)
    let full = Matrix(base: logits.base, rows: count, columns: vocabulary)
    head.logits(states, 0..<count, into: full, parallel: parallel)

    let gathered = Set([0, Int32(vocabulary / 2), Int32(vocabulary - 1)]).sorted()
    let requests = (0..<count).map {
      TopKRequest(count: $0, gathered: $0 % 3 == 2 ? gathered : [])
    }
    let scratch = FloatBuffer(
      count: ShortlistLMHead.scratchCount(
        rows: count, vocabulary: vocabulary, hidden: hidden, run.compute, threads: run.threads))
    let results = SharedScan(head.scanned).topK(
      states, requests, of: head,
      scratch: Matrix(base: scratch.base, rows: 1, columns: scratch.count), parallel: parallel)
    for (row, result) in results.enumerated() {
      let logits = full.row(row)
      let ranked = (0..<Int32(vocabulary)).filter { !requests[row].gathered.contains($0) }
        .sorted { (-logits[Int($0)], $0) < (-logits[Int($1)], $1) }
      #expect(result.best.map(\.token) == Array(ranked.prefix(requests[row].count)))
      #expect(result.best.map(\.logit) == result.best.map { logits[Int($0.token)] })
      #expect(result.gathered == requests[row].gathered.map { logits[Int($0)] })
      let exact = LogitRow.logSumExp(logits, vocabulary: vocabulary)
      // An int8 logit is off by about a hundredth of the logits' standard deviation.
      let squares = (0..<vocabulary).reduce(0) { $0 + logits[$1] * logits[$1] }
      let deviation = (squares / Float(vocabulary)).squareRoot()
      #expect(abs(result.logSumExp - exact) <= 0.003 * deviation, "row \(row)")
    }
    withExtendedLifetime((memory, logits, scratch)) {}
  }

  @Test func tokensOutsideTheVocabularyAreImpossible() {
    let gathered = UniformHead(vocabulary: 4, .bfloat16)
      .topK(state: 1, .init(count: 2, gathered: [3, 4, 1000, .max])).gathered
    #expect(abs(gathered[0] - 16) < 1e-4)
    #expect(gathered.dropFirst().allSatisfy { $0 == -.infinity })
  }
}

/// A head whose weights are all 1, [vocabulary, 16], but for chosen tokens'.
struct UniformHead {
  private static let hidden = 16
  private let head: ShortlistLMHead
  private let compute: ComputeType
  private let vocabulary: Int
  private let parallel = Parallel(threads: 1)

  /// - Parameter weights: What a token's weights are instead.
  init(vocabulary: Int, _ compute: ComputeType, weights: [Int: Float] = [:]) {
    self.vocabulary = vocabulary
    self.compute = compute
    let rows = (0..<vocabulary).flatMap {
      [Float](repeating: weights[$0] ?? 1, count: Self.hidden)
    }
    let weight = Weight(FloatBuffer(rows), rows: vocabulary, columns: Self.hidden)
    head = ShortlistLMHead(weight, for: compute, cap: .infinity, parallel: parallel)
  }

  /// The result of one row whose hidden state is the same in all channels.
  func topK(state value: Float, _ request: TopKRequest) -> TopKResult {
    let memory = FloatBuffer(
      count: QuantizedActivations.scratchCount(rows: 1, columns: Self.hidden, compute))
    let states = QuantizedActivations(
      Matrix(base: memory.base, rows: 1, columns: memory.count), rows: 1, columns: Self.hidden,
      compute)
    var state = [Float](repeating: value, count: Self.hidden)
    states.quantize(0, &state)
    let scratch = FloatBuffer(
      count: ShortlistLMHead.scratchCount(
        rows: 1, vocabulary: vocabulary, hidden: Self.hidden, compute, threads: 1))
    defer { withExtendedLifetime((memory, scratch)) {} }
    return SharedScan(head.scanned).topK(
      states, [request], of: head,
      scratch: Matrix(base: scratch.base, rows: 1, columns: scratch.count), parallel: parallel)[0]
  }
}
