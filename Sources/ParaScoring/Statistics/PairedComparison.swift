internal import Foundation

/// Two runs' scores on the same answers, compared pair by pair.
///
/// Pairing removes the difficulty of the questions from the comparison, and so finds differences that
/// two separate intervals hide. Order does not matter, as in ``ScoreDistribution``.
public struct PairedComparison: Sendable, Hashable {
  /// How often each pair of different scores occurred, by the second's score less the first's.
  private var differences: [Double: Int] = [:]
  private var isBinary = true
  /// The number of pairs.
  public private(set) var count = 0

  public init() {}

  /// Pairs scores by their place.
  ///
  /// - Throws: ``ScoringError`` with code `unpairedScores` if there are more of one than the other.
  public init(first: [Double], second: [Double]) throws(ScoringError) {
    guard first.count == second.count else {
      throw ScoringError(
        .unpairedScores,
        "\(first.count) scores cannot be paired with \(second.count); "
          + "compare runs over the same rows.")
    }
    for (first, second) in zip(first, second) { insert(first: first, second: second) }
  }

  /// Adds the scores, each of 0 to 1, of the same answer in both runs.
  public mutating func insert(first: Double, second: Double) {
    precondition(
      (0...1).contains(first) && (0...1).contains(second),
      "scores of \(first) and \(second) are not within 0...1")
    differences[second - first, default: 0] += 1
    isBinary = isBinary && [first, second].allSatisfy { $0 == 0 || $0 == 1 }
    count += 1
  }

  /// Pairs in which the second run scores higher.
  public var wins: Int { differences.reduce(0) { $1.key > 0 ? $0 + $1.value : $0 } }
  /// Pairs in which the first run scores higher.
  public var losses: Int { differences.reduce(0) { $1.key < 0 ? $0 + $1.value : $0 } }

  /// The mean of the second run's scores less that of the first's; nil without pairs.
  public var meanDifference: Double? {
    count == 0 ? nil : moment(1) / Double(count)
  }

  /// The 95 % confidence interval of the mean difference, within −1...1; nil without pairs.
  ///
  /// For scores of 0 and 1, and where all differences are equal, that of Agresti and Min (2005), which
  /// adds half a pair to each of the four outcomes and does not collapse when the runs agree. Else
  /// Student's.
  public var confidenceInterval: ClosedRange<Double>? {
    guard let meanDifference else { return nil }
    guard !isBinary, differences.count > 1 else { return agrestiMinInterval }
    let quantile = StudentT(degreesOfFreedom: count - 1).twoSidedQuantile(0.95)
    return interval(meanDifference, quantile * standardError(meanDifference))
  }

  /// The probability of a difference at least as large if the runs were equally good; 1 when nothing
  /// differs.
  ///
  /// For scores of 0 and 1 the exact McNemar test, which is the sign test of the pairs that differ;
  /// the same where all differences are equal. Else Student's paired test.
  public var pValue: Double {
    guard !isBinary, differences.count > 1, let meanDifference else { return signTest }
    let t = abs(meanDifference) / standardError(meanDifference)
    return 1 - StudentT(degreesOfFreedom: count - 1).probability(within: t)
  }

  /// Twice the tail of a binomial with even odds over the pairs that differ.
  private var signTest: Double {
    let differing = wins + losses
    let tail = (0...min(wins, losses)).reduce(0) { $0 + binomial(differing, $1) }
    return min(1, 2 * tail)
  }

  /// The probability of `k` successes in `n` trials with even odds.
  private func binomial(_ n: Int, _ k: Int) -> Double {
    let ways = lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
    return exp(ways - Double(n) * log(2))
  }

  private var agrestiMinInterval: ClosedRange<Double> {
    let n = Double(count) + 2
    let mean = moment(1) / n
    let variance = (moment(2) + 1) / n - mean * mean
    return interval(mean, normalQuantile * (variance / n).squareRoot())
  }

  private func interval(_ mean: Double, _ margin: Double) -> ClosedRange<Double> {
    max(-1, mean - margin)...min(1, mean + margin)
  }

  private func standardError(_ mean: Double) -> Double {
    let n = Double(count)
    let squares = sorted.reduce(0) { $0 + ($1.key - mean) * ($1.key - mean) * Double($1.value) }
    return (squares / (n - 1) / n).squareRoot()
  }

  /// The sum of a power of the differences.
  private func moment(_ power: Int) -> Double {
    sorted.reduce(0) { $0 + (power == 1 ? $1.key : $1.key * $1.key) * Double($1.value) }
  }

  private var sorted: [(key: Double, value: Int)] { differences.sorted { $0.key < $1.key } }
}
