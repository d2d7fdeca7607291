import ParaScoring
import Testing

@Suite struct PairedComparisonTests {
  private func pairs(_ counts: [(first: Double, second: Double, count: Int)]) -> PairedComparison {
    var comparison = PairedComparison()
    for (first, second, count) in counts {
      for _ in 0..<count { comparison.insert(first: first, second: second) }
    }
    return comparison
  }

  @Test func binaryTestIsMcNemarsExactOne() {
    let comparison = pairs([(1, 1, 50), (1, 0, 2), (0, 1, 10), (0, 0, 38)])
    #expect(comparison.wins == 10)
    #expect(comparison.losses == 2)
    #expect(comparison.meanDifference == 0.08)
    // 2 · (C(12,0) + C(12,1) + C(12,2)) / 2¹² = 158 / 4096.
    #expect(abs(comparison.pValue - 158.0 / 4096) < 1e-12)
  }

  @Test func gradedTestIsStudentsPairedOne() throws {
    // Differences 0.1, 0.2, 0.3: mean 0.2, standard error 0.1/√3, t = √12 with 2 degrees of
    // freedom, for which P(|T| < t) = t/√(t² + 2).
    let comparison = try PairedComparison(first: [0.1, 0.2, 0.3], second: [0.2, 0.4, 0.6])
    #expect(abs(comparison.pValue - (1 - (12.0 / 14).squareRoot())) < 1e-9)
    let interval = try #require(comparison.confidenceInterval)
    #expect(abs(interval.upperBound - (0.2 + 4.302_652_73 * 0.1 / 3.0.squareRoot())) < 1e-6)
  }

  @Test func equalRunsDifferByNothingButAreNotCertain() throws {
    let comparison = pairs([(1, 1, 10)])
    #expect(comparison.pValue == 1)
    #expect(comparison.meanDifference == 0)
    // Agresti and Min: n + 2 = 12 pairs, variance 1/12.
    let interval = try #require(comparison.confidenceInterval)
    let margin = 1.959_963_984_540_054 * (1.0 / 12 / 12).squareRoot()
    #expect(abs(interval.upperBound - margin) < 1e-12)
    #expect(abs(interval.lowerBound + margin) < 1e-12)
  }

  @Test func noPairsTellNothing() {
    let comparison = PairedComparison()
    #expect(comparison.meanDifference == nil)
    #expect(comparison.confidenceInterval == nil)
    #expect(comparison.pValue == 1)
  }

  @Test func swappedRunsGiveTheOppositeDifference() throws {
    let first = [0.1, 0.9, 0.4, 0.4]
    let second = [0.6, 0.2, 0.5, 0.4]
    let forth = try PairedComparison(first: first, second: second)
    let back = try PairedComparison(first: second.reversed(), second: first.reversed())
    #expect(forth.meanDifference == back.meanDifference.map { -$0 })
    #expect(forth.wins == back.losses)
    #expect(abs(forth.pValue - back.pValue) < 1e-12)
  }

  @Test func runsOverOtherRowsAreRefused() {
    let error = #expect(throws: ScoringError.self) {
      try PairedComparison(first: [1], second: [1, 0])
    }
    #expect(error?.code == .unpairedScores)
    #expect(
      error?.message == "1 scores cannot be paired with 2; compare runs over the same rows.")
  }
}
