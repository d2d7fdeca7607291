/// What a task scores by one metric, behind one pipeline of filters.
package struct TaskScore: Sendable, Equatable {
  package let value: Double
  /// Nil where there is none: one row alone, or an aggregation without a formula.
  package let standardError: Double?
  /// The rows that were scored.
  package let count: Int

  package init(value: Double, standardError: Double?, count: Int) {
    self.value = value
    self.standardError = standardError
    self.count = count
  }
}

/// A metric behind a pipeline of filters; the harness writes it `acc,none`.
package struct ScoreKey: Sendable, Hashable, CustomStringConvertible {
  package let metric: String
  package let filter: String

  package init(metric: String, filter: String) {
    self.metric = metric
    self.filter = filter
  }

  package var description: String { "\(metric),\(filter)" }
}

/// A mean over the tasks of a group.
package struct GroupScore: Sendable, Equatable {
  package let key: ScoreKey
  package let score: TaskScore
  /// The tasks that have no such score, and do not count.
  package let missing: [String]
}

extension TaskGroup {
  /// The group's means, in the order of `aggregate_metric_list`; filters in the order of their names where
  /// it names none. Metrics that no task has are left out.
  ///
  /// - Parameter scores: By the tasks' names.
  package func means(of scores: [String: [ScoreKey: TaskScore]]) -> [GroupScore] {
    aggregations.flatMap { aggregation in
      let found = tasks.flatMap { task in (scores[task.name] ?? [:]).keys }
        .filter { $0.metric == aggregation.metric }.map(\.filter)
      let filters = aggregation.filters ?? Set(found).sorted()
      return filters.compactMap { filter in
        mean(
          of: ScoreKey(metric: aggregation.metric, filter: filter), scores,
          isWeighted: aggregation.isWeightedBySize)
      }
    }
  }

  private func mean(
    of key: ScoreKey, _ scores: [String: [ScoreKey: TaskScore]], isWeighted: Bool
  ) -> GroupScore? {
    let names = tasks.map(\.name)
    let found = names.compactMap { scores[$0]?[key] }
    guard !found.isEmpty else { return nil }
    let weights = found.map { isWeighted ? Double($0.count) : 1 }
    let sum = zip(found, weights).reduce(0) { $0 + $1.0.value * $1.1 }
    let errors = found.compactMap(\.standardError)
    let score = TaskScore(
      value: sum / weights.reduce(0, +),
      standardError: errors.count == found.count
        ? isWeighted ? pooledError(found) : unweightedError(errors) : nil,
      count: found.reduce(0) { $0 + $1.count })
    return GroupScore(key: key, score: score, missing: names.filter { scores[$0]?[key] == nil })
  }

  /// The pooled standard error: √(Σ (nᵢ − 1) nᵢ sᵢ² / (N − k) / N) of k tasks with N rows.
  private func pooledError(_ scores: [TaskScore]) -> Double? {
    let total = scores.reduce(0) { $0 + $1.count }
    guard total > scores.count else { return nil }
    let sum = scores.reduce(0.0) { sum, score in
      let error = score.standardError ?? 0
      return sum + Double(score.count - 1) * (error * error) * Double(score.count)
    }
    return (sum / Double(total - scores.count) / Double(total)).squareRoot()
  }

  /// That of a plain mean of independent means: √Σ sᵢ² / k.
  private func unweightedError(_ errors: [Double]) -> Double {
    errors.reduce(0) { $0 + $1 * $1 }.squareRoot() / Double(errors.count)
  }
}
