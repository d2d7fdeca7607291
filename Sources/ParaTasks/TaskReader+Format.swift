import ParaJSON

/// Prompts and examples.
extension TaskReader {
  mutating func format() -> TaskFormat {
    TaskFormat(
      text: optional("doc_to_text", Self.field),
      target: optional("doc_to_target", Self.target),
      choices: optional("doc_to_choice", Self.choices),
      genPrefix: optional("gen_prefix", Self.words),
      targetDelimiter: delimiter("target_delimiter") ?? " ",
      fewShotDelimiter: delimiter("fewshot_delimiter") ?? "\n\n",
      readsDigitsAsIndex: keys["doc_to_choice"] != nil)
  }

  mutating func fewShot(_ format: TaskFormat, _ data: TaskData) -> FewShotSettings {
    let count = optional("num_fewshot") { node throws(TaskError) in try node.int(from: 0) }
    let split = optional("fewshot_split", Self.text)
    let settings = optional("fewshot_config") { node throws(TaskError) in try TaskKeys(node) }
    // The keys of `fewshot_config` are read as those of a task are.
    var reader = TaskReader(settings ?? keys.without(Set(keys.entries.map(\.name))), .file)
    defer { reader.problems.forEach { report($0) } }
    reader.checkFewShotKeys()
    let own = reader.format()
    let poolSplit = reader.keys.entry("split") == nil ? split : reader.optional("split", Self.text)
    let samples = poolSplit == nil ? reader.optional("samples", Self.samples) : nil
    let source = poolSplit ?? data.training ?? data.validation ?? data.test
    return FewShotSettings(
      count: count, sampler: reader.optional("sampler", Self.sampler) ?? .random,
      pool: samples.map(FewShotSettings.Pool.samples) ?? .split(source),
      leavesOutEvaluated: poolSplit == data.test, format: reader.format(own, over: format))
  }

  /// The keys of `fewshot_config` over those of the task. A null takes choices and prefix away.
  private func format(_ own: TaskFormat, over outer: TaskFormat) -> TaskFormat {
    func has(_ key: String) -> Bool { keys.entry(key) != nil }
    return TaskFormat(
      text: own.text ?? outer.text, target: own.target ?? outer.target,
      choices: has("doc_to_choice") ? own.choices : outer.choices,
      genPrefix: has("gen_prefix") ? own.genPrefix : outer.genPrefix,
      targetDelimiter: has("target_delimiter") ? own.targetDelimiter : outer.targetDelimiter,
      fewShotDelimiter: has("fewshot_delimiter") ? own.fewShotDelimiter : outer.fewShotDelimiter,
      readsDigitsAsIndex: outer.readsDigitsAsIndex)
  }

  /// A text, which may be empty; null is refused, for it could be meant as an empty one.
  private mutating func delimiter(_ key: String) -> String? {
    guard let entry = keys.entry(key) else { return nil }
    return attempt(entry.value, Self.text)
  }

  private mutating func checkFewShotKeys() {
    let known = [
      "sampler", "split", "samples", "doc_to_text", "doc_to_target", "doc_to_choice", "gen_prefix",
      "target_delimiter", "fewshot_delimiter",
    ]
    for entry in keys.entries where !known.contains(entry.name) && !entry.value.isNull {
      if !entry.value.functions().isEmpty { continue }  // reported with the task's
      let hint = SpellingHint.sentence(for: entry.name, among: known)
      let message =
        entry.name == "fewshot_indices"
        ? "lm-evaluation-harness does not obey 'fewshot_indices'; use 'samples'."
        : "'fewshot_config' has no key '\(entry.name)'.\(hint)"
      report(entry.key.error(.unknownKey, message))
    }
  }
}

/// The kinds of values.
extension TaskReader {
  static func text(_ node: YAMLNode) throws(TaskError) -> String { try node.text() }

  static func field(_ node: YAMLNode) throws(TaskError) -> FieldTemplate {
    try FieldTemplate(node, wordsAreFields: true)
  }

  static func words(_ node: YAMLNode) throws(TaskError) -> FieldTemplate {
    try FieldTemplate(node, wordsAreFields: false)
  }

  static func target(_ node: YAMLNode) throws(TaskError) -> TaskFormat.Target {
    if node.isList {
      return .list(
        try node.list().map { (node) throws(TaskError) in try ListElement(node) })
    }
    switch try node.json() {
    case .string: return .field(try field(node))
    case .integer(let number): return .constant(.integer(number))
    case .bool(let value): return .constant(.bool(value))
    default: throw node.wrongKind("a field, a template, the number of a choice or a list")
    }
  }

  static func choices(_ node: YAMLNode) throws(TaskError) -> TaskFormat.Choices {
    if node.isScalar { return .field(try field(node)) }
    let nodes = node.isMapping ? try node.entries().map(\.value) : try node.list()
    guard !nodes.isEmpty else { throw node.wrongValue("must not be empty") }
    return .list(try nodes.map { (node) throws(TaskError) in try ListElement(text: node) })
  }

  private static func samples(_ node: YAMLNode) throws(TaskError) -> [JSONObject] {
    try node.list().map { (node) throws(TaskError) in
      guard case .object(let fields) = try node.json() else { throw node.wrongKind("a mapping") }
      return fields
    }
  }

  private static func sampler(_ node: YAMLNode) throws(TaskError) -> FewShotSettings.Sampler {
    try node.choice()
  }
}
