import Foundation
import ParaTestSupport
import Testing

@testable import ParaScoring

@Suite struct ScoreDistributionTests {
  private func isClose(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    a.map { abs($0 - b) < tolerance } ?? false
  }

  @Test func orderAndMergingChangeNothing() {
    var generator = SeededGenerator(seed: 3)
    let scores = (0..<1000).map { _ in Double.random(in: 0...1, using: &generator) }
    let whole = ScoreDistribution(scores)
    var merged = ScoreDistribution()
    for part in [700..<1000, 0..<1, 1..<700] {
      merged.merge(ScoreDistribution(scores[part].reversed()))
    }
    #expect(merged == whole)
    #expect(merged.count == 1000)
    #expect(merged.mean == whole.mean)
    #expect(merged.standardError == whole.standardError)
    #expect(merged.confidenceInterval == whole.confidenceInterval)
  }

  @Test func meanHasNoAccumulatedRounding() {
    // A plain sum of these 0.1s has a mean of 0.09999999998356 (Python).
    var scores = ScoreDistribution()
    for _ in 0..<10 { scores.insert(0.1) }
    var many = scores
    for _ in 0..<20 { many.merge(many) }
    #expect(many.count == 10 << 20)
    #expect(many.mean == 0.1)
  }

  @Test func nothingHasNoMean() {
    let none = ScoreDistribution()
    #expect(none.count == 0)
    #expect(none.mean == nil)
    #expect(none.standardError == nil)
    #expect(none.confidenceInterval == nil)
  }

  /// Wilson's interval by its formula, in Python.
  @Test(arguments: [
    (1, 1, 0.206_549_314_377_237, 1),
    (0, 1, 0, 0.793_450_685_622_763),
    (10, 10, 0.722_467_200_137_111, 1),
    (0, 10, 0, 0.277_532_799_862_889),
    (5, 10, 0.236_593_090_512_564, 0.763_406_909_487_436),
  ])
  func binaryIntervalIsWilsons(successes: Int, count: Int, lower: Double, upper: Double) {
    let scores = ScoreDistribution((0..<count).map { $0 < successes ? 1 : 0 })
    #expect(isClose(scores.confidenceInterval?.lowerBound, lower))
    #expect(isClose(scores.confidenceInterval?.upperBound, upper))
  }

  @Test func gradedIntervalIsStudents() {
    // t(0.975, 4) = 2.7764451 in the tables; mean 0.6, standard deviation √0.025.
    let scores = ScoreDistribution([0.4, 0.5, 0.6, 0.7, 0.8])
    let margin = 2.776_445_105 * (0.025 / 5).squareRoot()
    #expect(isClose(scores.mean, 0.6))
    #expect(isClose(scores.standardError, (0.025 / 5).squareRoot()))
    #expect(isClose(scores.confidenceInterval?.lowerBound, 0.6 - margin))
    #expect(isClose(scores.confidenceInterval?.upperBound, 0.6 + margin))
  }

  @Test func equalGradedScoresDoNotPretendCertainty() {
    #expect(ScoreDistribution([0.5]).standardError == nil)
    let one = ScoreDistribution([0.5]).confidenceInterval
    #expect(isClose(one?.lowerBound, 0.054_620_755_528_852))
    #expect(isClose(one?.upperBound, 0.945_379_244_471_148))
    let many = ScoreDistribution(Array(repeating: 0.5, count: 10)).confidenceInterval
    #expect(isClose(many?.lowerBound, 0.236_593_090_512_564))
  }

  @Test func intervalStaysWithinTheScale() {
    let interval = ScoreDistribution([1, 1, 1, 0.2]).confidenceInterval
    #expect(interval?.upperBound == 1)
    #expect((interval?.lowerBound ?? -1) >= 0)
  }
}

@Suite struct StudentTTests {
  /// The 97.5 % points as statistical tables print them (NIST/SEMATECH e-Handbook 1.3.6.7.2).
  @Test(arguments: [
    (1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (29, 2.045),
    (30, 2.042), (99, 1.984), (100, 1.984), (1_000_000, 1.960),
  ])
  func quantileIsInTheTables(degrees: Int, quantile: Double) {
    let found = StudentT(degreesOfFreedom: degrees).twoSidedQuantile(0.95)
    #expect(abs(found - quantile) < 0.000_51)
  }

  @Test func approximationMeetsTheSeries() {
    for t in [0.1, 1, 1.96, 3] {
      let series = StudentT(degreesOfFreedom: 2000).probability(within: t)
      let approximation = StudentT(degreesOfFreedom: 2001).probability(within: t)
      #expect(abs(series - approximation) < 1e-6)
    }
  }
}
