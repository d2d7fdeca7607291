public import ParaFlow
public import ParaJobs
import ParaScoring
import ParaTasks

/// A completion with what it gives to each of its task's metrics.
public struct ScoredCompletion: Sendable {
  public var completion: Completion
  /// In the order of the task's filters and metrics; empty for a row without label.
  var items: [(entry: TaskScorer.Entry, item: MetricItem)]

  /// The row's own scores, by the metric's name and that of the filter before it, if the task has filters.
  public var scores: [String: Double] {
    items.reduce(into: [:]) { $0[$1.entry.key.name] = $1.item.number }
  }
}

/// Scores each completion by its task's filters and metrics. A row whose right answer cannot be compared fails.
public func score(_ tasks: [Job.Task]) -> Stage<Row<Completion>, Row<ScoredCompletion>> {
  let scorers = Dictionary(tasks.map { ($0.name, $0.scorer) }) { $1 }
  return Stage("score") { completion in
    let prompt = completion.prompt
    guard let scorer = scorers[prompt.task], let row = prompt.taskRow, !scorer.entries.isEmpty
    else {
      return ScoredCompletion(completion: completion, items: [])
    }
    let items: [ScoreKey: MetricItem]
    do {
      items = try scorer.items(of: row, completion.taskAnswers, record: prompt.record)
    } catch {
      throw RequestError.scoring(error)
    }
    return ScoredCompletion(
      completion: completion,
      items: scorer.entries.compactMap { entry in items[entry.key].map { (entry, $0) } })
  }
}

extension Completion {
  /// What the model gave to each of the row's requests.
  fileprivate var taskAnswers: [TaskAnswer] {
    choiceScores.isEmpty
      ? [.texts(answers.prefix(prompt.scoredAnswers).map(\.text))]
      : choiceScores.map { .logLikelihood(Double($0)) }
  }
}

extension ScoreKey {
  /// The metric's name, with that of the filter before it if there is one.
  var name: String { filter == "none" ? metric : "\(metric),\(filter)" }
}
