import ParaDecoding
import ParaJSON
import ParaPrompts
import ParaTasks
import Yams

extension JobFile {
  /// Keys of a task in a job file that lm-evaluation-harness does not have.
  static let ownTaskKeys: Set<String> = ["doc_to_messages", "chat_format"]

  /// The tasks of a mapping of names, or of a list of task files, folders of them and names.
  static func tasks(_ node: JobNode, library: TaskLibrary) throws -> [TaskEntry] {
    guard let specs = try? node.list() else {
      return try node.entries().map { try task($0.value, named: $0.name.string()) }
    }
    let folder = JobPath.folder(of: node.file)
    var entries: [TaskEntry] = []
    for spec in specs {
      let members: [TaskMember]
      let name = try spec.string()
      do {
        members = try library.members(name, relativeTo: folder)
      } catch {
        throw JobError(error.errors, spec)
      }
      for task in members.flatMap(\.tasks) {
        guard !entries.contains(where: { $0.definition.name == task.name }) else { continue }
        entries.append(try entry(of: task, spec))
      }
    }
    return entries
  }

  static func task(_ node: JobNode, named name: String) throws -> TaskEntry {
    do {
      let keys = try TaskKeys(node.taskNode)
      let task = try TaskDefinition(keys, name: name, style: .job(others: ownTaskKeys))
      return TaskEntry(
        definition: task, chat: try chat(keys, task), scorer: try scorer(of: task, .job, node),
        generation: try GenerationOptions(keys["generation_kwargs"].map(JobNode.init)),
        until: task.generation?.until ?? [])
    } catch let error as TaskError {
      throw JobError([error], node)
    } catch let error as TaskErrors {
      throw JobError(error.errors, node)
    }
  }

  /// A task of a file of lm-evaluation-harness.
  private static func entry(of task: TaskDefinition, _ spec: JobNode) throws -> TaskEntry {
    let settings = task.generation.map { generation in
      JobNode(
        Node(json: .object(generation.settings)), file: (generation.node ?? task.node).file,
        path: "generation_kwargs", line: (generation.node ?? task.node).line)
    }
    return TaskEntry(
      definition: task, chat: nil, scorer: try scorer(of: task, .harness, spec),
      generation: try GenerationOptions(settings), until: task.generation?.until ?? [])
  }

  /// Where a row's conversation is, and by which template it is rendered.
  private static func chat(_ keys: TaskKeys, _ task: TaskDefinition) throws -> Job.Chat? {
    let (field, format) = (keys["doc_to_messages"], keys["chat_format"])
    guard field != nil || format != nil else {
      guard task.format.text != nil else {
        throw keys.node.error(
          .missingKey,
          "\(keys.node.what) needs the key 'doc_to_text', or 'doc_to_messages' for rows that are conversations."
        )
      }
      return nil
    }
    if let text = keys.entry("doc_to_text") {
      throw text.value.wrongValue(
        "cannot be combined with '\(field == nil ? "chat_format" : "doc_to_messages")'; keep one")
    }
    let known = ChatFormat.allCases.map(\.rawValue).joined(separator: ", ")
    let chat = try format.map { node in
      guard let chat = ChatFormat(rawValue: try node.text()) else {
        throw node.wrongValue("must be one of \(known)")
      }
      return chat
    }
    return Job.Chat(format: chat, field: try field?.text() ?? "messages")
  }

  // MARK: Scoring

  /// How a task's answers are scored.
  ///
  /// - Throws: ``JobError`` for what the harness knows and is not answered here yet, too.
  private static func scorer(
    of task: TaskDefinition, _ meaning: TaskScorer.Meaning, _ node: JobNode
  ) throws -> TaskScorer {
    let unsupported: [TaskDefinition.OutputType] = [.logLikelihood, .rollingLogLikelihood]
    if unsupported.contains(task.outputType) {
      throw JobError(
        code: .wrongValue, file: task.node.file, line: task.node.line,
        message: "output_type \(task.outputType.rawValue) is not supported.")
    }
    // They need probabilities without the prompt, or what greedy search would give.
    var unknown = ["acc_mutual_info"]
    if task.outputType == .multipleChoice, meaning == .harness { unknown.append("exact_match") }
    if let entry = task.metrics.first(where: { unknown.contains($0.name) }) {
      throw JobError(
        code: .wrongValue, file: (entry.node ?? task.node).file,
        line: (entry.node ?? task.node).line,
        message: "the metric \(entry.name) is not supported.")
    }
    if task.repeats > 1, task.outputType == .multipleChoice {
      throw JobError(
        code: .wrongValue, file: task.node.file, line: task.node.line,
        message: "'repeats' has no effect on choices, whose probabilities are always the same.")
    }
    do {
      return try TaskScorer(task, meaning: meaning)
    } catch {
      throw JobError(error.errors, node)
    }
  }
}

extension JobNode {
  /// A node of a task file.
  fileprivate init(_ node: YAMLNode) {
    self.init(Node(node), file: node.file, path: node.path, line: node.line)
  }
}

extension JobError {
  /// What is wrong with a task: the first thing, and the others on lines of their own.
  ///
  /// - Parameter node: Where the job names the task.
  fileprivate init(_ errors: [TaskError], _ node: JobNode) {
    let first = errors.first
    let code: Code =
      switch first?.code {
      case .unreadable: .unreadable
      case .syntax: .syntax
      case .unknownKey: .unknownKey
      case .missingKey: .missingKey
      case .wrongKind: .wrongKind
      case .unknownName: .unknownName
      case .wrongValue, .needsPython, .unsupported, nil: .wrongValue
      }
    self.init(
      code: code, file: first?.file ?? node.file, line: first?.line ?? node.line,
      message: ([first?.message ?? ""] + errors.dropFirst().map(\.description))
        .joined(separator: "\n"))
  }
}

extension Node {
  private init(plain text: String) { self.init(text, .implicit, .plain) }

  init(_ node: YAMLNode) {
    switch node.content {
    case .scalar(let text, .value(.string)): self = Node(text, .implicit, .doubleQuoted)
    case .scalar(let text, _): self = Node(plain: text)
    case .list(let elements): self = Node(elements.map { Node($0) })
    case .mapping(let entries): self = Node(entries.map { (Node($0.key), Node($0.value)) })
    }
  }

  init(json value: JSONValue) {
    switch value {
    case .null: self = Node(plain: "null")
    case .bool(let value): self = Node(plain: String(value))
    case .integer(let value): self = Node(plain: String(value))
    case .bigInteger(let digits): self = Node(plain: digits)
    case .double(let value): self = Node(plain: String(value))
    case .string(let text): self = Node(text, .implicit, .doubleQuoted)
    case .array(let values): self = Node(values.map { Node(json: $0) })
    case .object(let fields):
      self = Node(fields.members.map { (Node($0.key), Node(json: $0.value)) })
    }
  }
}
