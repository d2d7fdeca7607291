import Testing

@testable import ParaScoring

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
