import ParaPrompts
import ParaTensors

/// A job as its file has it: the file's names, optionals, and lines. ``Job`` is what comes of it.
struct JobFile {
  let path: String
  var model: String
  var adapters: [Named<String>]
  var tasks: [Named<TaskEntry>]
  var inputs: [InputEntry]
  var generation: GenerationOptions
  var engine: EngineEntry
  var output: JobNode

  /// A value under a name that the user chose.
  struct Named<Value> {
    var name: JobNode
    var value: Value
  }

  struct TaskEntry {
    var prompt: PromptSource
    var target: String?
    var choices: ChoiceSource?
    var metrics: [String]
    var generation: GenerationOptions
  }

  struct InputEntry {
    var node: JobNode
    var path: String
    var task: JobNode
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
    case field(String)
  }

  struct EngineEntry {
    var threads: Int?
    var batchTokens: Int?
    var maxLanes: Int?
    var adapterMemory: Int?
    var computeType: ComputeType?
    var cacheType: KVCacheType?
    var memory: Int?
  }
}
