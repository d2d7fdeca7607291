/// Why a task file, or a task within a job file, cannot be used; with the place in the file.
package struct TaskError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// The file cannot be read, or is not UTF-8.
    case unreadable
    /// The file is not YAML, or a template in it is not Jinja.
    case syntax
    case unknownKey
    case missingKey
    /// A value is of another kind than its key needs.
    case wrongKind
    /// A value is of the right kind, but not allowed.
    case wrongValue
    /// A task, group, tag, metric or filter of that name is not known.
    case unknownName
    /// The file calls Python, which is not run here.
    case needsPython
    /// What the file asks for is known and not honoured.
    case unsupported
  }

  package let code: Code
  /// The file's path as it was given.
  package let file: String
  /// Counted from 1; nil for the whole file.
  package let line: Int?
  package let message: String

  package init(_ code: Code, file: String, line: Int? = nil, _ message: String) {
    self.code = code
    self.file = file
    self.line = line
    self.message = message
  }

  /// For example "tasks/boolq.yaml:3: …".
  package var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(message)" }
}

/// All that is wrong with a task, in the order of its file.
package struct TaskErrors: Error, Sendable, Hashable, CustomStringConvertible {
  package let errors: [TaskError]

  package var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// The one error of a body as all errors of a task.
func catching<Value>(_ body: () throws(TaskError) -> Value) throws(TaskErrors) -> Value {
  do {
    return try body()
  } catch {
    throw TaskErrors(errors: [error])
  }
}

/// Why a record cannot be rendered as its task's prompt, choices or target.
package struct TaskRowError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// A key names a field that the record does not have.
    case fieldMissing = "field_missing"
    /// A field is of a kind that its key cannot use.
    case fieldUnusable = "field_unusable"
    case templateFailed = "template_failed"
    /// `doc_to_choice` gives no list of texts.
    case choicesInvalid = "choices_invalid"
    /// The target cannot be right: none of the choices, or an index beyond them.
    case targetInvalid = "target_invalid"
    /// Fewer examples are there than `num_fewshot` asks for.
    case examplesMissing = "examples_missing"
  }

  package let code: Code
  package let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
