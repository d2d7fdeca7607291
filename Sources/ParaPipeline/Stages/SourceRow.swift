public import ParaJSON
public import ParaJobs

/// A record and what the job wants done with it.
public struct SourceRow: Sendable {
  public var fields: JSONObject
  /// The task's name in the job.
  public var task: String
  /// The adapter's name in the job; nil is the bare model.
  public var adapter: String?
  public var generation: GenerationSettings

  public init(
    fields: JSONObject, task: String, adapter: String? = nil,
    generation: GenerationSettings = GenerationSettings()
  ) {
    self.fields = fields
    self.task = task
    self.adapter = adapter
    self.generation = generation
  }
}
