/// What is wrong with a job file.
public struct JobError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The file cannot be read, or is not UTF-8.
    case unreadable
    /// The file is not YAML.
    case syntax
    case unknownKey
    case missingKey
    /// A value is of another kind than its key asks for.
    case wrongKind
    /// A value is of the right kind, but not a possible one.
    case wrongValue
    /// A name is used that the file does not declare.
    case unknownName
  }

  public let code: Code
  /// The job file's path as it was given.
  public let file: String
  /// Counted from 1; nil when the whole file is meant.
  public let line: Int?
  public let message: String

  package init(code: Code, file: String, line: Int?, message: String) {
    self.code = code
    self.file = file
    self.line = line
    self.message = message
  }

  /// For example "jobs/a.yaml:3: …".
  public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(message)" }
}
