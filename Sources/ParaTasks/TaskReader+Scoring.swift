import ParaJSON

/// Output types, generation, metrics and filters.
extension TaskReader {
  mutating func outputType() -> TaskDefinition.OutputType {
    let implied: TaskDefinition.OutputType =
      isJob && keys["doc_to_choice"] != nil ? .multipleChoice : .generate
    return read("output_type", else: implied) { node throws(TaskError) in try node.choice() }
  }

  mutating func generation(
    _ type: TaskDefinition.OutputType, _ format: TaskFormat
  ) -> TaskGeneration? {
    guard let node = keys["generation_kwargs"] else {
      guard type == .generate, !isJob else { return nil }
      return TaskGeneration(
        settings: [
          "temperature": .double(0), "do_sample": false, "max_gen_toks": 256,
          "until": .array([.string(format.fewShotDelimiter)]),
        ], until: [format.fewShotDelimiter], node: nil)
    }
    let isJob = isJob
    return attempt(node) { node throws(TaskError) in
      guard case .object(var settings) = try node.json() else { throw node.wrongKind("a mapping") }
      // The harness ends an answer where the next example would begin.
      if settings["until"] == nil, !isJob {
        settings["until"] = .array([.string(format.fewShotDelimiter)])
      }
      let until = try node["until"].map { (node) throws(TaskError) in
        node.isNull ? [] : try node.texts()
      }
      return TaskGeneration(
        settings: settings, until: until ?? (isJob ? [] : [format.fewShotDelimiter]), node: node)
    }
  }

  /// The harness's metrics where a task names none.
  private static let defaultMetrics: [TaskDefinition.OutputType: [String]] = [
    .generate: ["exact_match"],
    .multipleChoice: ["acc", "acc_norm"],
    .logLikelihood: ["perplexity", "acc"],
    .rollingLogLikelihood: ["word_perplexity", "byte_perplexity", "bits_per_byte"],
  ]

  mutating func metrics(_ type: TaskDefinition.OutputType) -> [MetricEntry] {
    guard let node = keys["metric_list"] else {
      let names = isJob ? [] : Self.defaultMetrics[type] ?? []
      return names.map {
        MetricEntry(
          name: $0, options: [:], aggregation: nil, higherIsBetter: nil, isOfEvaluate: false,
          node: nil)
      }
    }
    var metrics: [MetricEntry] = []
    for element in attempt(node, { node throws(TaskError) in try node.list() }) ?? [] {
      guard
        let metric = attempt(
          element,
          { [isJob] node throws(TaskError) in
            try Self.metric(node, isJob: isJob)
          })
      else { continue }
      if metrics.contains(where: { $0.name == metric.name }) {
        report(element.wrongValue("repeats '\(metric.name)'"))
      }
      metrics.append(metric)
    }
    return metrics
  }

  private static func metric(
    _ node: YAMLNode, isJob: Bool
  ) throws(TaskError) -> MetricEntry {
    let isName = isJob && node.isScalar
    var entries: [String: YAMLNode] = isName ? ["metric": node] : [:]
    for (key, value) in isName ? [] : try node.entries() { entries[try key.name()] = value }
    guard let name = entries.removeValue(forKey: "metric") else {
      throw node.error(.missingKey, "\(node.what) needs the key 'metric'.")
    }
    let aggregation = try entries.removeValue(forKey: "aggregation").map {
      (node) throws(TaskError) in try node.name()
    }
    let higher = try entries.removeValue(forKey: "higher_is_better").map {
      (node) throws(TaskError) in try node.bool()
    }
    let isOfEvaluate = try entries.removeValue(forKey: "hf_evaluate").map {
      (node) throws(TaskError) in try node.bool()
    }
    return MetricEntry(
      name: try name.name(), options: try options(entries), aggregation: aggregation,
      higherIsBetter: higher, isOfEvaluate: isOfEvaluate ?? false, node: node)
  }

  mutating func filters() -> [FilterPipeline] {
    guard let node = keys["filter_list"] else { return [.none] }
    var pipelines: [FilterPipeline] = []
    let list = attempt(node) { node throws(TaskError) in try node.list() } ?? []
    if list.isEmpty {
      report(node.wrongValue("must not be empty: without filters nothing is scored"))
    }
    for element in list {
      guard let pipeline = attempt(element, Self.pipeline) else { continue }
      if pipelines.contains(where: { $0.name == pipeline.name }) {
        report(element.wrongValue("repeats the name '\(pipeline.name)'"))
      }
      pipelines.append(pipeline)
    }
    return pipelines
  }

  private static func pipeline(_ node: YAMLNode) throws(TaskError) -> FilterPipeline {
    let keys = try TaskKeys(node)
    for entry in keys.entries where !["name", "filter"].contains(entry.name) {
      throw entry.key.error(
        .unknownKey, "\(node.what) has no key '\(entry.name)'; its keys are name, filter.")
    }
    guard let name = keys["name"], let steps = keys["filter"] else {
      throw node.error(.missingKey, "\(node.what) needs the keys 'name' and 'filter'.")
    }
    return FilterPipeline(
      name: try name.name(),
      steps: try steps.list().map { (node) throws(TaskError) in try step(node) })
  }

  private static func step(_ node: YAMLNode) throws(TaskError) -> FilterPipeline.Step {
    var entries: [String: YAMLNode] = [:]
    for (key, value) in try node.entries() { entries[try key.name()] = value }
    guard let function = entries.removeValue(forKey: "function") else {
      throw node.error(.missingKey, "\(node.what) needs the key 'function'.")
    }
    return FilterPipeline.Step(
      function: try function.name(), options: try options(entries), node: node)
  }

  private static func options(
    _ nodes: [String: YAMLNode]
  ) throws(TaskError) -> [String: JSONValue] {
    var options: [String: JSONValue] = [:]
    for (name, node) in nodes { options[name] = try node.json() }
    return options
  }
}
