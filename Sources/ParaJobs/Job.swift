public import ParaDecoding
public import ParaPrompts
package import ParaTasks
public import ParaTensors
public import ParaTokenizers

/// A resolved job: every default filled in, every name checked, every path relative to the current
/// folder or absolute.
public struct Job: Sendable {
  /// The output folder's last component.
  public var name: String
  /// The job file's path as it was given.
  public var file: String
  /// The model's folder.
  public var model: String
  /// In the file's order.
  public var adapters: [Adapter]
  /// In the file's order.
  public var tasks: [Task]
  /// In the file's order, which is also the order of the rows.
  public var inputs: [Input]
  public var engine: Engine
  /// The output folder.
  public var output: String

  /// An adapter folder, and the name by which inputs refer to it.
  public struct Adapter: Sendable, Equatable {
    /// Stands for the bare model where an adapter's name is expected; no adapter can have this name.
    public static let noneName = "none"

    public var name: String
    /// The adapter's folder.
    public var path: String

    public init(name: String, path: String) {
      self.name = name
      self.path = path
    }
  }

  /// The sizes of the engine's batches, its data types and its memory.
  public struct Engine: Sendable, Equatable {
    /// At most as many run as there are processors; more would only compete for them.
    public var threads: Int
    /// The most prompt tokens of one prefill batch.
    public var batchTokens: Int
    /// The most lanes (a request's beams) of one decode batch.
    public var maxLanes: Int
    /// Bytes that cached adapters may take while no row uses them.
    public var adapterMemory: Int
    /// Bytes of prefilled beginnings that prompts share; 0 prefills each prompt whole.
    public var prefixMemory: Int
    public var computeType: ComputeType
    /// The KV cache's data type; nil for the one that goes with the compute type.
    public var cacheType: KVCacheType?
    /// The memory limit of the whole process in bytes; nil for most of the machine's memory.
    public var memory: Int?

    public init(
      threads: Int, batchTokens: Int = 8192, maxLanes: Int = 192,
      adapterMemory: Int = 1_000_000_000, prefixMemory: Int = 256_000_000,
      computeType: ComputeType = .float32,
      cacheType: KVCacheType? = nil, memory: Int? = nil
    ) {
      self.threads = threads
      self.batchTokens = batchTokens
      self.maxLanes = maxLanes
      self.adapterMemory = adapterMemory
      self.prefixMemory = prefixMemory
      self.computeType = computeType
      self.cacheType = cacheType
      self.memory = memory
    }
  }
}

/// What the job does: its tasks, and the files that they run over.
extension Job {
  /// How a record becomes a prompt, and its answer a score.
  public struct Task: Sendable {
    /// As the harness's YAML describes it.
    package var definition: TaskDefinition
    /// For rows that are conversations.
    public var chat: Chat?
    /// Its filters and metrics; a task without metrics only generates.
    package var scorer: TaskScorer
    /// Texts that end an answer and are cut from it.
    public var until: [String]
    /// Examples of a prompt, if the job asks for a number of them.
    package var fewShotCount: Int?
    package var fewShotSeed: Int
    package var systemInstruction: String?
    /// What becomes of control tokens that a prompt's text spells out; nil for what the tokenizer's files say.
    public var specialTokens: SpecialTokensInText?

    public var name: String { definition.name }
  }

  /// How a conversation becomes a prompt: up to the beginning of the assistant's turn.
  public struct Chat: Sendable, Equatable {
    /// Nil for the model's own template.
    public var format: ChatFormat?
    /// The field with the messages, or the path to it; nil where the task's own prompts are the turns.
    public var field: String?
    /// Whether each example is a turn of the user and one of the assistant.
    public var hasExamplesAsTurns: Bool

    public init(
      format: ChatFormat? = nil, field: String? = "messages", hasExamplesAsTurns: Bool = true
    ) {
      self.format = format
      self.field = field
      self.hasExamplesAsTurns = hasExamplesAsTurns
    }
  }

  /// A file of records, and what to do with each.
  public struct Input: Sendable, Equatable {
    public var path: String
    /// The name of one of the job's tasks.
    public var task: String
    /// Which rows of the task these are, if the task tells splits apart: those that are evaluated, or those
    /// that examples are drawn from.
    public var split: String?
    public var adapters: AdapterChoice
    /// The field that is copied into the results as "id".
    public var id: String?
    /// The format's name; nil to detect it from the content.
    public var format: String?
    /// Which members of an archive to read: a glob pattern.
    public var members: String?
    /// Which elements of an XML or JSON document are records.
    public var records: String?
    /// The most records to read.
    public var limit: Int?
    /// The job's settings, overridden by the task's, overridden by the input's own.
    public var generation: GenerationSettings

    public init(
      path: String, task: String, split: String? = nil, adapters: AdapterChoice = .each([nil]),
      id: String? = nil,
      format: String? = nil, members: String? = nil, records: String? = nil, limit: Int? = nil,
      generation: GenerationSettings = GenerationSettings()
    ) {
      self.path = path
      self.task = task
      self.split = split
      self.adapters = adapters
      self.id = id
      self.format = format
      self.members = members
      self.records = records
      self.limit = limit
      self.generation = generation
    }
  }

  /// What becomes of a record whose adapter field is absent or null.
  public enum MissingAdapter: Sendable, Equatable {
    case fails
    /// It runs with this adapter; nil is the bare model.
    case takes(String?)
  }

  /// Which adapters the records of an input run with.
  public enum AdapterChoice: Sendable, Equatable {
    /// Every record once with each of these, in this order; nil is the bare model.
    case each([String?])
    /// The record's field of this name or path holds the adapter's name, or "none".
    case field(String, missing: MissingAdapter)
  }
}
