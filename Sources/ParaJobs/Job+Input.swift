extension Job {
  /// A file of records, and what to do with each.
  public struct Input: Sendable, Equatable {
    public var path: String
    /// The name of one of the job's tasks.
    public var task: String
    public var adapters: AdapterChoice
    /// The field whose value is carried into the results as "id".
    public var id: String?
    /// The format by name; nil lets the file tell.
    public var format: String?
    /// Which members of an archive to read.
    public var members: String?
    /// Which elements of an XML file are records.
    public var records: String?
    /// At most so many records.
    public var limit: Int?
    /// The job's settings, overridden by the task's, overridden by the input's own.
    public var generation: GenerationSettings

    public init(
      path: String, task: String, adapters: AdapterChoice = .each([nil]), id: String? = nil,
      format: String? = nil, members: String? = nil, records: String? = nil, limit: Int? = nil,
      generation: GenerationSettings = GenerationSettings()
    ) {
      self.path = path
      self.task = task
      self.adapters = adapters
      self.id = id
      self.format = format
      self.members = members
      self.records = records
      self.limit = limit
      self.generation = generation
    }
  }

  /// With which adapters the records of an input run.
  public enum AdapterChoice: Sendable, Equatable {
    /// Every record once with each of these, in this order; nil is the bare model.
    case each([String?])
    /// The record's field of this name holds the adapter's name, or "none".
    case field(String)
  }
}
