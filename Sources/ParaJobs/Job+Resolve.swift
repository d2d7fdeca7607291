import Foundation
import ParaPrompts
import ParaTensors

extension Job {
  /// - Throws: ``JobError`` for the first name that is not declared, or setting that cannot be;
  ///   `CheckpointError` for a `generation_config.json` of the model that cannot be read.
  init(resolving file: JobFile) throws {
    let folder = JobPath.folder(of: file.path)
    self.file = file.path
    model = JobPath.resolve(file.model, in: folder)
    adapters = try file.adapters.map {
      Adapter(name: try $0.name.string(), path: JobPath.resolve($0.value, in: folder))
    }
    tasks = try file.tasks.map { try Task(name: $0.name.string(), entry: $0.value) }
    engine = Engine(file.engine)
    output = JobPath.resolve(try file.output.string(), in: folder)
    name = JobPath.lastComponent(output)
    guard !["", ".", ".."].contains(name) else {
      throw file.output.wrongValue("must end in the name of a folder of its own")
    }
    inputs = []
    let defaults = file.generation.or(try GenerationOptions(modelFolder: URL(filePath: model)))
    for entry in file.inputs {
      let task = try entry.task.name(among: tasks.map(\.name), of: "tasks")
      let options = try file.tasks.first { try $0.name.string() == task }?.value.generation
      inputs.append(
        try input(entry, task: task, folder: folder, options: (options ?? .init()).or(defaults)))
    }
  }

  /// - Parameter options: The settings that hold where the input says nothing.
  private func input(
    _ entry: JobFile.InputEntry, task: String, folder: String, options: GenerationOptions
  ) throws -> Input {
    let settings = GenerationSettings(entry.generation.or(options))
    if let contradiction = settings.contradiction {
      throw entry.node.wrongValue(contradiction)
    }
    return Input(
      path: JobPath.resolve(entry.path, in: folder), task: task,
      adapters: try choice(entry.adapters), id: entry.id, format: entry.format,
      members: entry.members, records: entry.records, limit: entry.limit, generation: settings)
  }

  private func choice(_ entry: JobFile.AdapterEntry) throws -> AdapterChoice {
    switch entry {
    case .field(let field): return .field(field)
    case .names(let nodes) where nodes.isEmpty: return .each([nil])
    case .names(let nodes):
      var names: [String?] = []
      for node in nodes {
        let known = adapters.map(\.name) + [Adapter.noneName]
        let name = try node.name(among: known, of: "adapters")
        let choice = name == Adapter.noneName ? nil : name
        if names.contains(choice) { throw node.wrongValue("repeats '\(name)'") }
        names.append(choice)
      }
      return .each(names)
    }
  }
}

extension Job.Task {
  fileprivate init(name: String, entry: JobFile.TaskEntry) {
    self.init(
      name: name, prompt: entry.prompt, target: entry.target.map(ReferenceSource.init(parsing:)),
      choices: entry.choices, metrics: entry.metrics)
  }
}

extension ReferenceSource {
  /// A template if it has a tag of one, else a field's name.
  fileprivate init(parsing text: String) {
    self = text.contains("{{") || text.contains("{%") ? .template(text) : .field(text)
  }
}

extension Job.Engine {
  fileprivate init(_ entry: JobFile.EngineEntry) {
    self.init(threads: entry.threads ?? ProcessorCount.available)
    batchTokens = entry.batchTokens ?? batchTokens
    maxLanes = entry.maxLanes ?? maxLanes
    adapterMemory = entry.adapterMemory ?? adapterMemory
    computeType = entry.computeType ?? computeType
    cacheType = entry.cacheType
    memory = entry.memory
  }
}

extension JobNode {
  /// The text, if it is one of `known`, which stand under the job's key `section`.
  fileprivate func name(among known: [String], of section: String) throws -> String {
    let name = try string()
    guard known.contains(name) else {
      let hint = SpellingHint.nearest(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
      let list = known.isEmpty ? "none" : known.joined(separator: ", ")
      throw error(
        .unknownName,
        "\(what) names '\(name)', which is not among the job's \(section).\(hint) Known: \(list).")
    }
    return name
  }
}
