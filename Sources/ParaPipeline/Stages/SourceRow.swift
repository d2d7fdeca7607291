public import ParaIngest
public import ParaJobs

/// A record and what the job wants done with it.
public struct SourceRow: Sendable {
  public var fields: [String: FieldValue]
  /// The task's name in the job.
  public var task: String
  /// The adapter's name in the job; nil is the bare model.
  public var adapter: String?
  public var generation: GenerationSettings

  public init(
    fields: [String: FieldValue], task: String, adapter: String? = nil,
    generation: GenerationSettings = GenerationSettings()
  ) {
    self.fields = fields
    self.task = task
    self.adapter = adapter
    self.generation = generation
  }
}
