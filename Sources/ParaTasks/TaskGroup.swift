import ParaJSON

/// Tasks whose scores are shown together.
package struct TaskGroup: Sendable {
  /// Unique; a group written within another is called `outer::inner`.
  package let name: String
  package let alias: String?
  package let version: String?
  package let members: [TaskMember]
  /// The means over the tasks; empty: the group is only a heading.
  package let aggregations: [Aggregation]

  /// An entry of `aggregate_metric_list`.
  package struct Aggregation: Sendable, Equatable {
    package let metric: String
    /// Nil: every filter that the tasks have scores of.
    package let filters: [String]?
    /// Whether a task counts by its rows.
    package let isWeightedBySize: Bool
  }

  /// Its tasks, those of inner groups included.
  package var tasks: [TaskDefinition] { members.flatMap(\.tasks) }
}

/// A task or a group of them.
package enum TaskMember: Sendable {
  case task(TaskDefinition)
  case group(TaskGroup)

  package var name: String {
    switch self {
    case .task(let task): task.name
    case .group(let group): group.name
    }
  }

  package var tasks: [TaskDefinition] {
    switch self {
    case .task(let task): [task]
    case .group(let group): group.tasks
    }
  }

  /// The group and those within it, outer ones first.
  package var groups: [TaskGroup] {
    switch self {
    case .task: []
    case .group(let group): [group] + group.members.flatMap(\.groups)
    }
  }
}

extension TaskGroup.Aggregation {
  static func list(_ node: YAMLNode) throws(TaskError) -> [Self] {
    try node.oneOrMore().map { (node) throws(TaskError) in try Self(node) }
  }

  private init(_ node: YAMLNode) throws(TaskError) {
    let keys = try TaskKeys(node)
    let known = ["metric", "filter_list", "aggregation", "weight_by_size"]
    for entry in keys.entries where !known.contains(entry.name) {
      let hint = SpellingHint.sentence(for: entry.name, among: known)
      throw entry.key.error(.unknownKey, "\(node.what) has no key '\(entry.name)'.\(hint)")
    }
    guard let metric = keys["metric"] else {
      throw node.error(.missingKey, "\(node.what) needs the key 'metric'.")
    }
    if let aggregation = keys.entry("aggregation")?.value, (try? aggregation.text()) != "mean" {
      throw aggregation.wrongValue("must be 'mean', the one aggregation of groups")
    }
    self.metric = try metric.name()
    filters = try keys["filter_list"].map { (node) throws(TaskError) in try node.texts() }
    let weight = keys.entry("weight_by_size")?.value
    // Without the key a mean is weighted; null is false in the harness.
    isWeightedBySize = weight?.isNull == true ? false : try weight?.bool() ?? true
  }
}
