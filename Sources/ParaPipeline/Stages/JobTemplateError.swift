/// A task's template that cannot be parsed; found before anything runs.
public struct JobTemplateError: Error, Sendable, CustomStringConvertible {
  public let task: String
  public let reason: String

  public var description: String {
    "The task '\(task)' has a template that cannot be used: \(reason)"
  }
}
