import ParaIngest
import ParaPrompts
import ParaTensors
import Yams

extension JobFile {
  private enum Key: String, CaseIterable {
    case model, adapters, tasks, inputs, generation, engine, output
  }

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

  private enum MetricKey: String, CaseIterable {
    case metric
  }

  private enum InputKey: String, CaseIterable {
    case path, task, adapter, adapters
    case adapterField = "adapter_field"
    case id, format, members, records, limit, generation
  }

  private enum EngineKey: String, CaseIterable {
    case threads
    case batchTokens = "batch_tokens"
    case maxLanes = "max_lanes"
    case adapterMemory = "adapter_memory"
    case computeType = "compute_type"
    case cacheType = "kv_cache_type"
    case memory
  }

  /// - Parameters:
  ///   - text: The file's content.
  ///   - path: How messages call the file.
  /// - Throws: ``JobError`` for the first thing that is wrong.
  init(parsing text: String, path: String) throws {
    let job = try JobSection<Key>(Self.root(of: text, path: path))
    self.path = path
    model = try job.required(.model).string()
    adapters = try job[.adapters].map(Self.adapters) ?? []
    tasks = try job.required(.tasks).entries().map {
      Named(name: $0.name, value: try Self.task($0.value))
    }
    inputs = try job.required(.inputs).nonEmptyList().map(Self.input)
    generation = try GenerationOptions(job[.generation])
    engine = try job[.engine].map(Self.engine) ?? EngineEntry()
    output = try job.required(.output)
  }

  private static func root(of text: String, path: String) throws -> JobNode {
    do {
      if let node = try Yams.compose(yaml: text) { return JobNode(node, file: path) }
    } catch let error as YamlError {
      let (line, message) = error.place
      throw JobError(code: .syntax, file: path, line: line, message: "not YAML: \(message).")
    }
    throw JobError(code: .missingKey, file: path, line: nil, message: "the job is empty.")
  }

  private static func adapters(_ node: JobNode) throws -> [Named<String>] {
    if let folder = try? node.string() { return try adapters(inFolder: folder, node) }
    return try node.entries().map { name, value in
      if try name.string() == Job.Adapter.noneName {
        throw name.error(
          .wrongValue, "no adapter can be called 'none', which stands for the bare model.")
      }
      return Named(name: name, value: try value.string())
    }
  }

  private static func task(_ node: JobNode) throws -> TaskEntry {
    let task = try JobSection<TaskKey>(node)
    let metrics = try task[.metrics]?.list().map(metric) ?? []
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
      throw prompt.wrongValue("cannot stand beside 'chat_format'; keep one")
    }
    let known = ChatFormat.allCases.map(\.rawValue).joined(separator: ", ")
    guard let chat = ChatFormat(rawValue: try format.string()) else {
      throw format.wrongValue("must be one of \(known)")
    }
    return .chat(chat, field: try task[.messages]?.string() ?? "messages")
  }

  /// The answers to choose from, which `output_type: multiple_choice` needs and no other type has.
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

  /// A metric by its name alone, or as `{metric: name}`.
  private static func metric(_ node: JobNode) throws -> String {
    if let name = try? node.string() { return name }
    return try JobSection<MetricKey>(node).required(.metric).string()
  }

  private static func input(_ node: JobNode) throws -> InputEntry {
    let input = try JobSection<InputKey>(node)
    return InputEntry(
      node: node, path: try input.required(.path).string(), task: try input.required(.task),
      adapters: try adapters(of: input), id: try input[.id]?.string(),
      format: try input[.format].map { try $0.choice() as InputFormat }?.rawValue,
      members: try input[.members]?.string(),
      records: try input[.records]?.string(), limit: try input[.limit]?.int(in: 1...(.max)),
      generation: try GenerationOptions(input[.generation]))
  }

  private static func adapters(of input: JobSection<InputKey>) throws -> AdapterEntry {
    guard let key = try input.only(of: [.adapter, .adapters, .adapterField]) else {
      return .names([])
    }
    let value = try input.required(key)
    return switch key {
    case .adapter: .names([value])
    case .adapterField: .field(try value.string())
    default: .names(try value.nonEmptyList())
    }
  }

  private static func engine(_ node: JobNode) throws -> EngineEntry {
    let engine = try JobSection<EngineKey>(node)
    let counts = 1...1 << 30  // whose products with numbers of workers are still numbers
    return EngineEntry(
      threads: try engine[.threads]?.int(in: 1...1024),
      batchTokens: try engine[.batchTokens]?.int(in: counts),
      maxLanes: try engine[.maxLanes]?.int(in: counts),
      adapterMemory: try engine[.adapterMemory]?.byteCount(),
      computeType: try engine[.computeType]?.choice(),
      cacheType: try engine[.cacheType]?.choice(),
      memory: try engine[.memory]?.byteCount())
  }
}

extension JobNode {
  /// A list of texts, or one text alone.
  func strings() throws -> [String] {
    if let text = try? string() { return [text] }
    return try list().map { try $0.string() }
  }

  /// One of a type's names.
  fileprivate func choice<Choice: RawRepresentable<String> & CaseIterable>() throws -> Choice {
    guard let choice = Choice(rawValue: try string()) else {
      throw wrongValue("must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  fileprivate func nonEmptyList() throws -> [JobNode] {
    let list = try list()
    guard !list.isEmpty else { throw wrongValue("must not be empty") }
    return list
  }
}

extension YamlError {
  /// The line that it is about, and what is wrong there.
  fileprivate var place: (line: Int?, message: String) {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (mark.line, problem)
    case .duplicatedKeysInMapping(let keys, let context):
      (context.mark.line, "the key '\(keys.first ?? "")' stands there twice")
    case .reader(let problem, _, _, _):
      (nil, problem)
    default:
      (nil, "\(self)")
    }
  }
}
