import Foundation
import ParaDecoding
import ParaJSON
import ParaPrompts
import ParaReports
import ParaTasks
import ParaTensors
import Yams

extension Job {
  /// Reads a job file; relative paths in it start from the file's own folder.
  ///
  /// - Throws: ``JobError`` for the first thing that is wrong. That the named files exist is checked
  ///   when they are opened.
  public init(contentsOf path: String) throws {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw JobError(
        code: .unreadable, file: path, line: nil, message: "cannot be read: \(Self.reason(error)).")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JobError(code: .unreadable, file: path, line: nil, message: "not UTF-8 text.")
    }
    try self.init(parsing: text, path: path)
  }

  /// Reads a job from text, as if it were the content of a file at `path`.
  ///
  /// - Throws: ``JobError`` for the first thing that is wrong.
  public init(parsing text: String, path: String) throws {
    try self.init(resolving: JobFile(parsing: text, path: path))
  }

  /// The bytes of a size in a job file's spelling: "500 MB", "2GB"; nil for anything else.
  public static func byteCount(_ text: String) -> Int? { ByteCount(parsing: text)?.bytes }

  /// The system's own words for why a file cannot be read.
  private static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError
    return underlying.map { String(cString: strerror($0.code.rawValue)) }
      ?? error.localizedDescription
  }

  /// - Throws: ``JobError`` for the first name that is not declared, or settings that contradict each
  ///   other; `CheckpointError` for a `generation_config.json` of the model that cannot be read.
  init(resolving file: JobFile) throws {
    let folder = JobPath.folder(of: file.path)
    self.file = file.path
    model = JobPath.resolve(file.model, in: folder)
    adapters = try file.adapters.map {
      Adapter(name: try $0.name.string(), path: JobPath.resolve($0.value, in: folder))
    }
    tasks = file.tasks.map { Task($0, file.prompts) }
    engine = Engine(file.engine)
    output = JobPath.resolve(try file.output.string(), in: folder)
    name = JobPath.lastComponent(output)
    guard !["", ".", ".."].contains(name) else {
      throw file.output.wrongValue("must end in the name of a folder")
    }
    inputs = []
    let defaults = file.generation.or(try GenerationOptions(modelFolder: URL(filePath: model)))
    for entry in file.inputs {
      let task = try entry.task.name(among: tasks.map(\.name), of: "tasks")
      let options = file.tasks.first { $0.definition.name == task }?.generation
      inputs.append(
        try input(entry, task: task, folder: folder, options: (options ?? .init()).or(defaults)))
    }
  }

  /// - Parameter options: The settings that apply where the input has none.
  private func input(
    _ entry: JobFile.InputEntry, task: String, folder: String, options: GenerationOptions
  ) throws -> Input {
    let settings = GenerationSettings(entry.generation.or(options))
    if let conflict = settings.conflict { throw entry.node.wrongValue(conflict.request) }
    return Input(
      path: JobPath.resolve(entry.path, in: folder), task: task, split: entry.split,
      adapters: try choice(entry.adapters), id: entry.id, format: entry.format,
      members: entry.members, records: entry.records, limit: entry.limit, generation: settings)
  }

  private func choice(_ entry: JobFile.AdapterEntry) throws -> AdapterChoice {
    switch entry {
    case .field(let field, let missing):
      return .field(field, missing: try missing.map { .takes(try adapter($0)) } ?? .fails)
    case .names(let nodes) where nodes.isEmpty: return .each([nil])
    case .names(let nodes):
      var names: [String?] = []
      for node in nodes {
        let name = try adapter(node)
        if names.contains(name) { throw node.wrongValue("repeats '\(try node.string())'") }
        names.append(name)
      }
      return .each(names)
    }
  }

  /// The name of a declared adapter; nil for the bare model.
  private func adapter(_ node: JobNode) throws -> String? {
    let known = adapters.map(\.name) + [Adapter.noneName]
    let name = try node.name(among: known, of: "adapters")
    return name == Adapter.noneName ? nil : name
  }
}

extension Job.Task {
  fileprivate init(_ entry: JobFile.TaskEntry, _ prompts: JobFile.PromptsEntry) {
    let chat =
      entry.chat
      ?? (prompts.appliesChatTemplate == true
        ? Job.Chat(field: nil, hasExamplesAsTurns: prompts.hasExamplesAsTurns ?? true) : nil)
    self.init(
      definition: entry.definition, chat: chat, scorer: entry.scorer, until: entry.until,
      fewShotCount: prompts.fewShotCount,
      fewShotSeed: prompts.fewShotSeed ?? FewShotSampler.defaultSeed,
      systemInstruction: prompts.systemInstruction,
      specialTokens: prompts.specialTokens)
  }
}

extension Job.Task {
  /// A task from its keys in YAML, as a job file has them: `doc_to_text: "{{ question }}"`.
  ///
  /// - Throws: ``JobError``.
  public init(named name: String, parsing keys: String) throws {
    let node = try Yams.compose(yaml: keys) ?? Node("")
    self.init(
      try JobFile.task(JobNode(node, file: name), named: name), JobFile.PromptsEntry())
  }
}

extension Job.Engine {
  fileprivate init(_ entry: JobFile.EngineEntry) {
    self.init(threads: entry.threads ?? ProcessorCount.available)
    batchTokens = entry.batchTokens ?? batchTokens
    maxLanes = entry.maxLanes ?? maxLanes
    adapterMemory = entry.adapterMemory ?? adapterMemory
    prefixMemory = entry.prefixMemory ?? prefixMemory
    computeType = entry.computeType ?? computeType
    cacheType = entry.cacheType
    memory = entry.memory
  }
}

extension JobNode {
  /// The text, if it is one of `known`, the names under the job's key `section`.
  fileprivate func name(among known: [String], of section: String) throws -> String {
    let name = try string()
    guard known.contains(name) else {
      let hint = SpellingHint.sentence(for: name, among: known)
      let list = known.isEmpty ? "none" : known.joined(separator: ", ")
      throw error(
        .unknownName,
        "\(what) names '\(name)', which is not among the job's \(section).\(hint) Known: \(list).")
    }
    return name
  }
}

/// Paths as a job file gives them, resolved by name alone: Foundation's own ways look at the disk,
/// or drop a leading `..`.
enum JobPath {
  /// The folder of a file; empty for the current one.
  static func folder(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "" }
    return String(file[...slash])
  }

  /// `path`, relative to `folder` unless it is absolute, without `.` and redundant `..`.
  ///
  /// A `..` removes the component before it by name, so that a job's paths are the same in every
  /// message and result; if that component is a symbolic link, use an absolute path.
  static func resolve(_ path: String, in folder: String) -> String {
    let joined = path.hasPrefix("/") ? path : folder + path
    let isAbsolute = joined.hasPrefix("/")
    var components: [Substring] = []
    for component in joined.split(separator: "/") where component != "." {
      if component == "..", let last = components.last, last != ".." {
        components.removeLast()
      } else if component != ".." || !isAbsolute {
        components.append(component)
      }
    }
    let path = components.joined(separator: "/")
    return isAbsolute ? "/" + path : path.isEmpty ? "." : path
  }

  static func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }
}
