import Foundation
public import ParaFlow
public import ParaJobs
import ParaScoring

/// A completion with the value of each of its task's metrics, 0…1.
public struct ScoredCompletion: Sendable {
  public var completion: Completion
  /// By the metric's name; empty for a row without references.
  public var scores: [String: Double]
}

/// Scores each completion's best answer with its task's metrics.
///
/// White space around an answer is ignored, because language models begin words with a space.
///
/// - Throws: `ScoringError` for a metric that does not exist.
public func score(_ tasks: [Job.Task]) throws -> Stage<Row<Completion>, Row<ScoredCompletion>> {
  let metrics = try Dictionary(
    tasks.map { ($0.name, try $0.metrics.map { try Metric(named: $0.name, options: $0.options) }) },
    uniquingKeysWith: { $1 })
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
