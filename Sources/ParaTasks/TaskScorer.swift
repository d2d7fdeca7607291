package import ParaJSON
package import ParaScoring

/// What a model gives to one of a row's requests.
package enum TaskAnswer: Sendable, Equatable {
  /// Generated texts, one for each repeat.
  case texts([String])
  /// Of a continuation, or of a whole text, for which greedy search does not matter.
  case logLikelihood(Double, isGreedy: Bool = false)
}

/// From the answers of a task's rows to its scores: filters, metrics and aggregations as
/// lm-evaluation-harness 0.4.13 applies them, each metric once behind each pipeline of filters.
package struct TaskScorer: Sendable {
  /// What the names of metrics mean.
  package enum Meaning: Sendable {
    /// The harness's: those of the task's output type, and `exact_match` compares texts as they are.
    case harness
    /// That of a job's own tasks: of choices, metrics of texts score the likeliest one's text, and
    /// `exact_match` ignores white space around both texts unless its option `trim` says otherwise.
    case job
  }

  /// A metric behind a pipeline, in the order of the task's lists.
  package struct Entry: Sendable {
    package let key: ScoreKey
    package let metric: Metric
    /// As the task says, else as the metric is meant.
    package let higherIsBetter: Bool
  }

  package let entries: [Entry]
  let pipelines: [(name: String, chain: FilterChain)]
  let outputType: TaskDefinition.OutputType

  /// - Throws: Every metric, aggregation, filter and option that is not known, with its place.
  package init(
    _ task: TaskDefinition, meaning: Meaning = .harness
  ) throws(TaskErrors) {
    var errors: [TaskError] = []
    var metrics: [(metric: Metric, higherIsBetter: Bool)] = []
    for entry in task.metrics {
      do throws(ScoringError) {
        let metric = try Metric(entry, task.outputType.kind, meaning)
        metrics.append((metric, entry.higherIsBetter ?? metric.higherIsBetter))
      } catch {
        errors.append(TaskError(error, at: entry.node ?? task.node))
      }
    }
    var pipelines: [(name: String, chain: FilterChain)] = []
    for pipeline in task.filters {
      do throws(TaskError) {
        pipelines.append((pipeline.name, try FilterChain(pipeline, task)))
      } catch {
        errors.append(error)
      }
    }
    guard errors.isEmpty else { throw TaskErrors(errors: errors) }
    entries = pipelines.flatMap { pipeline in
      metrics.map {
        Entry(
          key: ScoreKey(metric: $0.metric.name, filter: pipeline.name), metric: $0.metric,
          higherIsBetter: $0.higherIsBetter)
      }
    }
    self.pipelines = pipelines
    outputType = task.outputType
  }

  /// What a row gives to each metric; nothing for a row without label.
  ///
  /// - Parameters:
  ///   - answers: Of the row's requests, in their order.
  ///   - record: What the row was made of, for filters that look into it and `sql_execution`.
  /// - Throws: ``ScoringError`` for answers that cannot be scored.
  package func items(
    of row: TaskRow, _ answers: [TaskAnswer], record: JSONObject = [:]
  ) throws(ScoringError) -> [ScoreKey: MetricItem] {
    guard row.gold != .unlabelled else { return [:] }
    var items: [ScoreKey: MetricItem] = [:]
    for (name, output) in try outputs(of: row, answers, record: record) {
      var outcome = outcome(output, row.gold)
      if entries.contains(where: { $0.metric.name == "sql_execution" }) {
        outcome.tables = try record.tables()
      }
      for entry in entries where entry.key.filter == name {
        let isOfText = entry.metric.output == .texts && outputType == .multipleChoice
        items[entry.key] = try entry.metric.item(of: isOfText ? outcome.chosenText() : outcome)
      }
    }
    return items
  }

  /// The scores of all rows, in the rows' order; none for a metric without a labelled row.
  ///
  /// - Parameter bootstrapDraws: How often rows are drawn anew for standard errors that have no formula; the
  ///   harness's `--bootstrap_iters`, 100,000 unless it is set. 0: there are none.
  /// - Throws: ``ScoringError`` for rows that an aggregation can make nothing of.
  package func scores(
    of rows: [[ScoreKey: MetricItem]], bootstrapDraws: Int = 0
  ) throws(ScoringError) -> [ScoreKey: TaskScore] {
    var scores: [ScoreKey: TaskScore] = [:]
    for entry in entries {
      let items = rows.compactMap { $0[entry.key] }
      guard let summary = try entry.metric.aggregate(items) else { continue }
      var error = summary.standardError
      if error == nil {
        error = try Bootstrap(draws: bootstrapDraws).standardError(of: entry.metric, items)
      }
      scores[entry.key] = TaskScore(
        value: summary.value, standardError: error, count: summary.count)
    }
    return scores
  }
}

extension TaskDefinition.OutputType {
  var kind: Outcome.Kind {
    switch self {
    case .generate: .texts
    case .multipleChoice: .choices
    case .logLikelihood: .logLikelihood
    case .rollingLogLikelihood: .rolling
    }
  }
}

extension Metric {
  fileprivate init(
    _ entry: MetricEntry, _ kind: Outcome.Kind, _ meaning: TaskScorer.Meaning
  ) throws(ScoringError) {
    let isOfText =
      meaning == .job && kind == .choices
      && MetricDefinition.names(of: .texts).contains(entry.name)
    let definition = try MetricDefinition.named(
      entry.name, of: isOfText ? .texts : kind, isOfEvaluate: entry.isOfEvaluate)
    var options = entry.options
    if meaning == .job, definition.options.contains(where: { $0.name == "trim" }) {
      options["trim"] = options["trim"] ?? true
    }
    let metric = try definition.metric(options)
    guard let name = entry.aggregation else {
      self = metric
      return
    }
    self = try metric.aggregated(by: Aggregation.named(name))
  }
}

extension FilterChain {
  fileprivate init(_ pipeline: FilterPipeline, _ task: TaskDefinition) throws(TaskError) {
    let place = pipeline.steps.first?.node ?? task.node
    // Other filters take texts; of numbers the harness makes nothing, or nonsense.
    if task.outputType != .generate,
      let step = pipeline.steps.first(where: { $0.function != "take_first" })
    {
      throw (step.node ?? place).error(
        .unsupported,
        "the filter \(step.function) works on texts; \(task.outputType.rawValue) knows take_first.")
    }
    do throws(ScoringError) {
      try self.init(pipeline.steps.map { ($0.function, $0.options) })
    } catch {
      throw TaskError(error, at: place)
    }
  }
}

extension TaskError {
  fileprivate init(_ error: ScoringError, at node: YAMLNode) {
    let code: Code =
      switch error.code {
      case .unknownMetric, .unknownAggregation, .unknownFilter: .unknownName
      case .unknownOption: .unknownKey
      default: .wrongValue
      }
    self = node.error(code, "\(node.what): \(error.message)")
  }
}
