import ParaScoring

/// lm-evaluation-harness's standard error where an aggregation has no formula for it: the standard deviation
/// of what the aggregation makes of rows drawn anew, as many and with repetition. Equal to the harness's,
/// which seeds Python's generator with the number of each thousand draws.
struct Bootstrap {
  /// The harness's `bootstrap_iters`.
  let draws: Int

  private static let aggregations: Set = [
    "median", "nanmean", "perplexity", "matthews_corrcoef", "f1", "bleu", "chrf", "chrf++", "ter",
  ]
  /// The metrics that the harness finds too slow for more than a hundred draws.
  private static let slow: Set = ["bleu", "chrf", "chrf++", "ter"]

  /// Nil for one row, and for an aggregation that the harness has no error of.
  func standardError(
    of metric: Metric, _ items: [MetricItem]
  ) throws(ScoringError) -> Double? {
    guard items.count > 1, draws > 0, Self.aggregations.contains(metric.aggregation.name) else {
      return nil
    }
    let draws = Self.slow.contains(metric.name) ? min(draws, 100) : draws
    let chunk = min(draws, 1000)
    var values: [Double] = []
    for seed in 0..<(draws / chunk) {
      var generator = MersenneTwister(seed: seed)
      for _ in 0..<chunk {
        let drawn = items.indices.map { _ in items[generator.choice(of: items.count)] }
        guard let summary = try metric.aggregate(drawn) else { return nil }
        values.append(summary.value)
      }
    }
    return Self.deviation(values)
  }

  /// Of a sample, with n − 1.
  private static func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
}
