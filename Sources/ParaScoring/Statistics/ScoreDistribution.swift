/// The scores of many answers, as how often each score occurred.
///
/// Order does not matter: whatever the order in which scores are inserted and distributions merged,
/// mean, error and interval are the same to the last bit. Memory grows with the number of different
/// scores, which is small (a hundred or two for F1), not with the number of answers.
public struct ScoreDistribution: Sendable, Hashable {
  private var occurrences: [Double: Int] = [:]
  /// The number of scores.
  public private(set) var count = 0

  public init() {}

  public init(_ scores: some Sequence<Double>) {
    for score in scores { insert(score) }
  }

  /// Adds a score of 0 to 1.
  public mutating func insert(_ score: Double) {
    precondition((0...1).contains(score), "a score of \(score) is not within 0...1")
    occurrences[score, default: 0] += 1
    count += 1
  }

  /// Adds all scores of another distribution.
  public mutating func merge(_ other: ScoreDistribution) {
    occurrences.merge(other.occurrences, uniquingKeysWith: +)
    count += other.count
  }

  /// The mean, from a sum that is exact but for one rounding; nil without scores.
  public var mean: Double? {
    count == 0 ? nil : sum / Double(count)
  }

  /// The standard error of the mean: the sample standard deviation (with n − 1) over √n. Nil for
  /// fewer than two scores.
  public var standardError: Double? {
    guard count > 1, let mean else { return nil }
    let squares = scores.map { ($0.value - mean) * ($0.value - mean) * Double($0.count) }
    return (squares.reduce(0, +) / Double(count - 1) / Double(count)).squareRoot()
  }

  /// The 95 % confidence interval of the mean, within 0...1; nil without scores.
  ///
  /// - Scores of 0 and 1 alone: Wilson's score interval, which does not collapse at 0 and at 1.
  /// - Others: Student's interval. If all scores are equal (or there is one), which says nothing about
  ///   their spread, Wilson's at their mean: no scores within 0...1 spread more than zeros and ones of
  ///   the same mean.
  public var confidenceInterval: ClosedRange<Double>? {
    guard let mean else { return nil }
    let isBinary = occurrences.keys.allSatisfy { $0 == 0 || $0 == 1 }
    guard !isBinary, occurrences.count > 1, let standardError else {
      return wilsonInterval(mean: mean, count: count)
    }
    let margin = StudentT(degreesOfFreedom: count - 1).twoSidedQuantile(0.95) * standardError
    return max(0, mean - margin)...min(1, mean + margin)
  }

  /// Different scores, rising, with their occurrences.
  var scores: [(value: Double, count: Int)] {
    occurrences.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Neumaier's sum, with the products' rounding errors carried along.
  private var sum: Double {
    var sum = 0.0
    var lost = 0.0
    for (value, count) in scores {
      let product = value * Double(count)
      lost += (-product).addingProduct(value, Double(count))
      let next = sum + product
      lost += abs(sum) >= abs(product) ? (sum - next) + product : (product - next) + sum
      sum = next
    }
    return sum + lost
  }
}
