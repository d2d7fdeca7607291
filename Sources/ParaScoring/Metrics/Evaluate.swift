extension MetricDefinition {
  /// The metrics that tasks take from the package `evaluate`, by `hf_evaluate: true`.
  static let ofEvaluate: [MetricDefinition] = [.exactMatch, .label("accuracy"), .labelF1]

  /// F1 of one row's label, which is what the harness has `evaluate` compute: 1 or 0.
  private static let labelF1 = texts("f1", isBinary: true, options: [.average]) {
    options throws(ScoringError) in
    let average = try ClassificationCounts.Average(options)
    return { prediction, references throws(ScoringError) in
      var best = 0.0
      for reference in references {
        let counts = ClassificationCounts([.labels(gold: reference, predicted: prediction)])
        best = max(best, try counts.f1(average))
      }
      return best
    }
  }
}
