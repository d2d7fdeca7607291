import ParaJSON

/// Prompts and examples.
extension TaskReader {
  mutating func format() -> TaskFormat {
    TaskFormat(
      text: optional("doc_to_text", Self.field),
      target: optional("doc_to_target", Self.target),
      choices: optional("doc_to_choice", Self.choices),
      genPrefix: optional("gen_prefix", Self.words),
      targetDelimiter: read("target_delimiter", else: " ", Self.text),
      fewShotDelimiter: read("fewshot_delimiter", else: "\n\n", Self.text),
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
    let poolSplit = reader.optional("split", Self.text) ?? split
    let samples = reader.optional("samples", Self.samples)
    let pool =
      poolSplit == nil
      ? samples.map(FewShotSettings.Pool.samples)
        ?? .split(data.training ?? data.validation ?? data.test)
      : .split(poolSplit)
    return FewShotSettings(
      count: count, sampler: reader.optional("sampler", Self.sampler) ?? .random, pool: pool,
      leavesOutEvaluated: poolSplit == data.test,
      format: TaskFormat(
        text: own.text ?? format.text, target: own.target ?? format.target,
        choices: own.choices ?? format.choices, genPrefix: own.genPrefix ?? format.genPrefix,
        targetDelimiter: reader.keys["target_delimiter"] == nil
          ? format.targetDelimiter : own.targetDelimiter,
        fewShotDelimiter: reader.keys["fewshot_delimiter"] == nil
          ? format.fewShotDelimiter : own.fewShotDelimiter,
        readsDigitsAsIndex: format.readsDigitsAsIndex))
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
    if node.isList { return .list(try elements(node.list())) }
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
    return .list(try elements(nodes))
  }

  private static func elements(_ nodes: [YAMLNode]) throws(TaskError) -> [ListElement] {
    try nodes.map { (node) throws(TaskError) in try ListElement(node) }
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
