public import ParaScoring

/// A run's scores by task, adapter and metric, in the order in which tasks and adapters first
/// appear.
public struct ScoreBook: Sendable {
  /// What a distribution is of.
  public struct Key: Sendable, Hashable {
    public var task: String
    public var adapter: String
    public var metric: String

    public init(task: String, adapter: String, metric: String) {
      self.task = task
      self.adapter = adapter
      self.metric = metric
    }
  }

  private var distributions: [Key: ScoreDistribution] = [:]

  public init() {}

  public mutating func add(_ score: Double, task: String, adapter: String, metric: String) {
    distributions[Key(task: task, adapter: adapter, metric: metric), default: ScoreDistribution()]
      .insert(score)
  }

  public subscript(key: Key) -> ScoreDistribution? { distributions[key] }

  /// Sorted by task, adapter and metric, so that it does not depend on the order of completion.
  public var entries: [(key: Key, scores: ScoreDistribution)] {
    distributions.map { ($0.key, $0.value) }.sorted {
      ($0.key.task, $0.key.adapter, $0.key.metric) < ($1.key.task, $1.key.adapter, $1.key.metric)
    }
  }
}
