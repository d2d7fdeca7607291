import ParaJSON

/// Where a task's keys stand, which decides what a missing key means.
package enum TaskStyle: Sendable {
  /// A task file of lm-evaluation-harness.
  case file
  /// A mapping in a job file: without `metric_list` nothing is scored, `doc_to_choice` means
  /// `multiple_choice`, rows come from the job's inputs and generation settings from the job. `others` are
  /// keys that the job itself reads.
  case job(others: Set<String>)
}

extension TaskDefinition {
  /// - Parameter name: The task's name, where the keys do not hold it.
  /// - Throws: ``TaskErrors`` with all that is wrong.
  package init(
    _ keys: TaskKeys, name: String? = nil, style: TaskStyle = .file
  ) throws(TaskErrors) {
    var reader = TaskReader(keys, style)
    self = try reader.definition(name)
  }
}

extension TaskDefinition {
  /// The keys that a task can have.
  package static var keys: [String] { TaskReader.honoured + TaskReader.descriptive }
}

/// Reads the keys of one task, and goes on behind an error to find the others.
struct TaskReader {
  let keys: TaskKeys
  /// Keys that the job reads; nil in a task file.
  let jobKeys: Set<String>?
  private(set) var problems: [TaskError] = []

  init(_ keys: TaskKeys, _ style: TaskStyle) {
    self.keys = keys
    if case .job(let others) = style { jobKeys = others } else { jobKeys = nil }
  }

  var isJob: Bool { jobKeys != nil }

  mutating func definition(_ name: String?) throws(TaskErrors) -> TaskDefinition {
    checkKeys()
    let outputType = outputType()
    let format = format()
    let data = data()
    let definition = TaskDefinition(
      name: name ?? read("task", else: "") { node throws(TaskError) in try node.name() },
      alias: optional("task_alias") { node throws(TaskError) in try node.text() },
      tags: read("tag", else: []) { node throws(TaskError) in try node.texts() },
      version: Self.version(keys["metadata"]),
      node: keys.node, outputType: outputType, data: data, format: format,
      description: optional("description") { node throws(TaskError) in
        try FieldTemplate(node, wordsAreFields: false)
      },
      fewShot: fewShot(format, data), generation: generation(outputType, format),
      metrics: metrics(outputType), filters: filters(),
      repeats: read("repeats", else: 1) { node throws(TaskError) in try node.int(from: 1) })
    checkTogether(definition)
    guard problems.isEmpty else { throw TaskErrors(errors: problems) }
    return definition
  }

  /// The value of a key as `body` reads it; the fallback where the key is absent or null, and after an
  /// error, which is kept.
  mutating func read<Value>(
    _ key: String, else fallback: Value, _ body: (YAMLNode) throws(TaskError) -> Value
  ) -> Value {
    guard let node = keys[key] else { return fallback }
    return attempt(node, body) ?? fallback
  }

  mutating func optional<Value>(
    _ key: String, _ body: (YAMLNode) throws(TaskError) -> Value
  ) -> Value? {
    keys[key].flatMap { attempt($0, body) }
  }

  mutating func attempt<Value>(
    _ node: YAMLNode, _ body: (YAMLNode) throws(TaskError) -> Value
  ) -> Value? {
    do throws(TaskError) {
      return try body(node)
    } catch {
      report(error)
      return nil
    }
  }

  mutating func report(_ error: TaskError) {
    if !problems.contains(error) { problems.append(error) }
  }

  static func version(_ metadata: YAMLNode?) -> String? {
    (try? metadata?["version"]?.text()) ?? nil
  }
}

/// The keys that there are.
extension TaskReader {
  static let honoured = [
    "task", "task_alias", "tag", "dataset_path", "dataset_name", "dataset_kwargs",
    "training_split", "validation_split", "test_split", "fewshot_split", "doc_to_text",
    "doc_to_target", "doc_to_choice", "description", "gen_prefix", "target_delimiter",
    "fewshot_delimiter", "num_fewshot", "fewshot_config", "output_type", "generation_kwargs",
    "metric_list", "filter_list", "repeats", "metadata",
  ]

  /// Keys whose values change no request and no score.
  static let descriptive = ["should_decontaminate", "doc_to_decontamination_query"]

  /// Keys of the harness that only Python, pictures or sounds can fill; null and `false` pass.
  private static let unsupported = [
    "class": "a task written in Python. \(YAMLNode.wayRoundPython)",
    "custom_dataset": "a data set made by Python. \(YAMLNode.wayRoundPython)",
    "process_docs": "Python over the rows. \(YAMLNode.wayRoundPython)",
    "process_results": "scoring by Python. \(YAMLNode.wayRoundPython)",
    "doc_to_image": "pictures, which these models do not read.",
    "doc_to_audio": "sounds, which these models do not hear.",
    "use_prompt": "a prompt of the promptsource package; write its template into 'doc_to_text'.",
    "unsafe_code": "running the code that a model writes, which is not done here.",
  ]

  private mutating func checkKeys() {
    for entry in keys.entries {
      let functions = entry.value.functions()
      functions.forEach { report($0.needsPython()) }
      if let reason = Self.unsupported[entry.name] {
        guard functions.isEmpty, !entry.value.isNull, (try? entry.value.bool()) != false else {
          continue
        }
        report(entry.key.error(.unsupported, "'\(entry.name)' means \(reason)"))
      } else if !(Self.honoured + Self.descriptive).contains(entry.name),
        jobKeys?.contains(entry.name) != true
      {
        report(unknown(entry))
      }
    }
    let required = isJob ? [] : ["task", "doc_to_text", "doc_to_target", "dataset_path"]
    for key in required where keys[key] == nil && keys["class"] == nil {
      report(keys.node.error(.missingKey, "the task needs the key '\(key)'."))
    }
  }

  private func unknown(_ entry: TaskKeys.Entry) -> TaskError {
    let known = Self.honoured + Self.descriptive + (jobKeys ?? [])
    let hint = SpellingHint.sentence(for: entry.name, among: known.sorted())
    return entry.key.error(.unknownKey, "a task has no key '\(entry.name)'.\(hint)")
  }

  /// What keys mean together.
  private mutating func checkTogether(_ task: TaskDefinition) {
    let format = task.format
    if task.outputType == .multipleChoice, format.choices == nil, keys["doc_to_choice"] == nil {
      report(
        keys.node.error(
          .missingKey,
          (keys.node.path.isEmpty ? "" : "\(keys.node.what): ")
            + "output_type multiple_choice needs 'doc_to_choice'."))
    }
    if isJob, !task.metrics.isEmpty, format.target == nil, keys["doc_to_target"] == nil {
      report(
        keys.node.error(
          .missingKey, "\(keys.node.what) has metrics, so it needs the key 'doc_to_target'."))
    }
    if !isJob, task.data.evaluated == nil {
      report(keys.node.error(.missingKey, "the task needs 'test_split' or 'validation_split'."))
    }
  }
}
