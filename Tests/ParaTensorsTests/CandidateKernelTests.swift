import Foundation
import ParaTensors
import ParaTestSupport
import Testing

@Suite struct CandidateKernelTests {
  @Test(arguments: [1, 2, 5, 17, 512, 5000, 40000], [1, 2, 6, 16])
  func equalsASort(vocabulary: Int, count: Int) {
    var random = SeededGenerator(seed: UInt64(vocabulary * 31 + count))
    // Few distinct values, so that ties are common.
    let logits = (0..<vocabulary).map { _ in Float(Int.random(in: -40...40, using: &random)) / 4 }
    let best = logits.indices.sorted { (-logits[$0], $0) < (-logits[$1], $1) }.prefix(count)
    let found = LogitRow.topK(logits, vocabulary: vocabulary, count: count)
    #expect(found.map { Int($0.token) } == Array(best))
    #expect(found.map(\.logit) == best.map { logits[$0] })
  }

  @Test(arguments: [1, 2, 17, 512, 5000, 300_000], [0, -80, 90] as [Float])
  func logSumExpIsExact(vocabulary: Int, shift: Float) {
    var random = SeededGenerator(seed: UInt64(vocabulary))
    let logits = random.floats(vocabulary, in: shift - 9...shift + 9)
    let expected = log(logits.reduce(0.0) { $0 + exp(Double($1)) })
    let found = LogitRow.logSumExp(logits, vocabulary: vocabulary)
    #expect(abs(Double(found) - expected) < 2e-6 * max(1, abs(expected)))
  }

  @Test func notANumberNeverRanks() {
    let found = LogitRow.topK([1, .nan, 3, .nan], vocabulary: 4, count: 4)
    #expect(found.map(\.token) == [2, 0])
  }

  @Test func everythingImpossible() {
    let logits: [Float] = [-.infinity, -.infinity]
    #expect(LogitRow.topK(logits, vocabulary: 2, count: 1).map(\.token) == [0])
    #expect(LogitRow.logSumExp(logits, vocabulary: 2) == -.infinity)
  }
}
