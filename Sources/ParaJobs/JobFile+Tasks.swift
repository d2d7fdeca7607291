import ParaDecoding
import ParaJSON
import ParaPrompts
import ParaScoring

extension JobFile {
  private enum TaskKey: String, CaseIterable {
    case prompt = "doc_to_text"
    case messages = "doc_to_messages"
    case chatFormat = "chat_format"
    case target = "doc_to_target"
    case choices = "doc_to_choice"
    case outputType = "output_type"
    case metrics = "metric_list"
    case generation = "generation_kwargs"
  }

  static func task(_ node: JobNode) throws -> TaskEntry {
    let task = try JobSection<TaskKey>(node)
    let metrics = try task[.metrics].map(metrics) ?? []
    if !metrics.isEmpty, task[.target] == nil {
      throw node.error(
        .missingKey, "\(node.what) has metrics, so it needs the key 'doc_to_target'.")
    }
    return TaskEntry(
      prompt: try prompt(of: task), target: try task[.target]?.string(),
      choices: try choices(of: task), metrics: metrics,
      generation: try GenerationOptions(task[.generation]))
  }

  /// A template, or a chat format and the field with the messages.
  private static func prompt(of task: JobSection<TaskKey>) throws -> PromptSource {
    guard let format = task[.chatFormat] else {
      if let messages = task[.messages] {
        throw messages.wrongValue("needs the key 'chat_format' beside it")
      }
      return .template(try task.required(.prompt).string())
    }
    if let prompt = task[.prompt] {
      throw prompt.wrongValue("cannot be combined with 'chat_format'; keep one")
    }
    let known = ChatFormat.allCases.map(\.rawValue).joined(separator: ", ")
    guard let chat = ChatFormat(rawValue: try format.string()) else {
      throw format.wrongValue("must be one of \(known)")
    }
    return .chat(chat, field: try task[.messages]?.string() ?? "messages")
  }

  /// The answers to choose from, which `output_type: multiple_choice` needs and no other type allows.
  private static func choices(of task: JobSection<TaskKey>) throws -> ChoiceSource? {
    let types = ["generate_until", "multiple_choice"]
    let type = try task[.outputType]?.string() ?? (task[.choices] == nil ? types[0] : types[1])
    guard types.contains(type) else {
      throw try task.required(.outputType).wrongValue(
        "must be one of \(types.joined(separator: ", "))")
    }
    guard type == types[1] else {
      if let choices = task[.choices] {
        throw choices.wrongValue("belongs to output_type multiple_choice, not \(type)")
      }
      return nil
    }
    let choices = try task.required(.choices)
    if let field = try? choices.string() { return .field(field) }
    return .each(try choices.nonEmptyList().map { try $0.string() })
  }

  /// The metrics of a `metric_list`, each at most once, because scores go by a metric's name.
  private static func metrics(_ node: JobNode) throws -> [Job.TaskMetric] {
    try node.list().reduce(into: []) { metrics, node in
      let metric = try metric(node)
      if metrics.contains(where: { $0.name == metric.name }) {
        throw node.wrongValue("repeats '\(metric.name)'")
      }
      metrics.append(metric)
    }
  }

  /// A metric's name, or `{metric: name}` with options beside it.
  private static func metric(_ node: JobNode) throws -> Job.TaskMetric {
    if let name = try? node.string() {
      return Job.TaskMetric(name: try definition(name, node).name)
    }
    let entries = try node.entries()
    guard let entry = try entries.first(where: { try $0.name.string() == metricKey }) else {
      throw try entries.first.map { try node.unknownKey($0.name, known: [metricKey]) }
        ?? node.error(.missingKey, "\(node.what) needs the key '\(metricKey)'.")
    }
    let definition = try definition(entry.value.string(), entry.value)
    let known = definition.options.map(\.name)
    var options: MetricOptions = [:]
    for (name, value) in entries where try name.string() != metricKey {
      guard known.contains(try name.string()) else {
        throw try node.unknownKey(name, known: [metricKey] + known)
      }
      options[try name.string()] = try value.bool()
    }
    return Job.TaskMetric(name: definition.name, options: options)
  }

  private static let metricKey = "metric"

  private static func definition(_ name: String, _ node: JobNode) throws -> MetricDefinition {
    do {
      return try MetricDefinition.named(name)
    } catch {
      let hint = SpellingHint.sentence(for: name, among: MetricDefinition.names)
      throw node.error(.unknownName, "\(node.what): \(error.message)\(hint)")
    }
  }
}
