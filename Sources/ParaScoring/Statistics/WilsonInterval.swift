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
