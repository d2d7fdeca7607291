internal import Foundation

/// The 97.5 % point of the normal distribution.
let normalQuantile = 1.959_963_984_540_054

/// Wilson's 95 % score interval of a proportion (Wilson 1927), within 0...1.
func wilsonInterval(mean: Double, count: Int) -> ClosedRange<Double> {
  let n = Double(count)
  let z = normalQuantile
  let centre = (mean + z * z / (2 * n)) / (1 + z * z / n)
  let margin = z / (1 + z * z / n) * (mean * (1 - mean) / n + z * z / (4 * n * n)).squareRoot()
  // At 0 and 1 a bound is the mean itself, which rounding must not miss.
  let lower = mean == 0 ? 0 : max(0, centre - margin)
  let upper = mean == 1 ? 1 : min(1, centre + margin)
  return lower...upper
}

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
