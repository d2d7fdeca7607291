import Foundation
import ParaAdapters
import ParaDecoding
import ParaPrompts
import ParaTasks
import ParaTensors
import ParaTokenizers
import Yams

/// A job as its file has it: the file's names, optional values, and lines. It is resolved to a
/// ``Job``.
struct JobFile {
  let path: String
  var model: String
  var adapters: [Named<String>]
  var tasks: [TaskEntry]
  var prompts: PromptsEntry
  var inputs: [InputEntry]
  var generation: GenerationOptions
  var engine: EngineEntry
  var output: JobNode

  /// A value under a key that the user chose.
  struct Named<Value> {
    var name: JobNode
    var value: Value
  }

  struct TaskEntry {
    var definition: TaskDefinition
    var chat: Job.Chat?
    var scorer: TaskScorer
    var generation: GenerationOptions
    /// Texts that end an answer and are cut from it.
    var until: [String]
  }

  /// How a run asks for prompts, whatever the task: what the harness takes on its command line.
  struct PromptsEntry {
    var fewShotCount: Int?
    var fewShotSeed: Int?
    var systemInstruction: String?
    var appliesChatTemplate: Bool?
    var hasExamplesAsTurns: Bool?
    var specialTokens: SpecialTokensInText?
  }

  struct InputEntry {
    var node: JobNode
    var path: String
    var task: JobNode
    var split: String?
    var adapters: AdapterEntry
    var id: String?
    var format: String?
    var members: String?
    var records: String?
    var limit: Int?
    var generation: GenerationOptions
  }

  enum AdapterEntry {
    case names([JobNode])
    case field(String, missing: JobNode?)
  }

  struct EngineEntry {
    var threads: Int?
    var batchTokens: Int?
    var maxLanes: Int?
    var adapterMemory: Int?
    var prefixMemory: Int?
    var computeType: ComputeType?
    var cacheType: KVCacheType?
    var memory: Int?
  }
}

extension JobFile {
  private enum Key: String, CaseIterable {
    case model, adapters, tasks
    case includePath = "include_path"
    case prompts, inputs, generation, engine, output
  }

  /// - Parameters:
  ///   - text: The file's content.
  ///   - path: The file's path, as messages name it.
  /// - Throws: ``JobError`` for the first thing that is wrong.
  init(parsing text: String, path: String) throws {
    let job = try JobSection<Key>(Self.root(of: text, path: path))
    self.path = path
    model = try job.required(.model).string()
    adapters = try job[.adapters].map(Self.adapters) ?? []
    let folder = JobPath.folder(of: path)
    let folders = try job[.includePath]?.strings() ?? []
    tasks = try Self.tasks(
      job.required(.tasks),
      library: TaskLibrary(folders: folders.map { JobPath.resolve($0, in: folder) }))
    prompts = try job[.prompts].map(Self.prompts) ?? PromptsEntry()
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

  /// The adapters of a folder of adapter folders, named after the subfolders and sorted by name.
  private static func adapters(inFolder text: String, _ node: JobNode) throws -> [Named<String>] {
    let folder = JobPath.resolve(text, in: JobPath.folder(of: node.file))
    guard let found = try? AdapterCache.discover(in: URL(filePath: folder)), !found.isEmpty else {
      throw node.wrongValue(
        "must be names with folders, or a folder of adapter folders, which \(folder) is not")
    }
    return found.keys.sorted().map { name in
      Named(
        name: JobNode(Node(name), file: node.file, path: node.path, line: node.line),
        value: "\(text)/\(name)")
    }
  }
}

extension YamlError {
  /// The line with the problem, and the problem.
  fileprivate var place: (line: Int?, message: String) {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (mark.line, problem)
    case .duplicatedKeysInMapping(let keys, let context):
      (context.mark.line, "the key '\(keys.first ?? "")' is there twice")
    case .reader(let problem, _, _, _):
      (nil, problem)
    default:
      (nil, "\(self)")
    }
  }
}
