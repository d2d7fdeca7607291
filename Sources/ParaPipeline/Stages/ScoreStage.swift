import Foundation
public import ParaFlow
public import ParaJobs
import ParaScoring

/// Scores each completion's best answer with its task's metrics.
///
/// White space around an answer does not count: language models begin their words with it.
public func score(_ tasks: [Job.Task]) throws -> Stage<Row<Completion>, Row<ScoredCompletion>> {
  let metrics = try Dictionary(
    tasks.map { ($0.name, try $0.metrics.map { try Metric(named: $0) }) }, uniquingKeysWith: { $1 })
  return Stage("score") { completion in
    var scores: [String: Double] = [:]
    let text = completion.answers.first?.text.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    if !completion.prompt.references.isEmpty {
      for metric in metrics[completion.prompt.task] ?? [] {
        scores[metric.name] = try metric.score(
          prediction: text, references: completion.prompt.references)
      }
    }
    return ScoredCompletion(completion: completion, scores: scores)
  }
}
