internal import Foundation

/// Student's t distribution with a whole number of degrees of freedom.
struct StudentT {
  let degreesOfFreedom: Int

  /// The probability of lying within −t...t, for t ≥ 0 (Abramowitz & Stegun 26.7.3 and 26.7.4; the
  /// normal approximation 26.7.8 above 2,000 degrees of freedom, where it errs below 10⁻⁷).
  func probability(within t: Double) -> Double {
    let n = Double(degreesOfFreedom)
    if degreesOfFreedom > 2000 {
      let z = t * (1 - 1 / (4 * n)) / (1 + t * t / (2 * n)).squareRoot()
      return erf(z / 2.0.squareRoot())
    }
    let angle = atan(t / n.squareRoot())
    let cosine = cos(angle)
    if degreesOfFreedom.isMultiple(of: 2) { return sin(angle) * series(from: 2, first: 1, cosine) }
    let sum = degreesOfFreedom == 1 ? 0 : series(from: 3, first: cosine, cosine)
    return 2 / Double.pi * (angle + sin(angle) * sum)
  }

  /// The t that lies within −t...t with a probability below 1, by bisection.
  func twoSidedQuantile(_ probability: Double) -> Double {
    var range = 0.0...1.0
    while self.probability(within: range.upperBound) < probability {
      range = range.upperBound...(2 * range.upperBound)
    }
    for _ in 0..<60 {
      let middle = (range.lowerBound + range.upperBound) / 2
      let isBelow = self.probability(within: middle) < probability
      range = isBelow ? middle...range.upperBound : range.lowerBound...middle
    }
    return range.upperBound
  }

  /// first + first·(k−1)/k·cos² + …, over every other k up to the degrees of freedom less 2.
  private func series(from start: Int, first: Double, _ cosine: Double) -> Double {
    var term = first
    var sum = first
    for k in stride(from: start, through: degreesOfFreedom - 2, by: 2) {
      term *= Double(k - 1) / Double(k) * cosine * cosine
      sum += term
    }
    return sum
  }
}
