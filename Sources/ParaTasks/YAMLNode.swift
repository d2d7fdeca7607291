package import ParaJSON

/// A value of a YAML file with its file, line and key path.
///
/// Each accessor expects one kind of value, and throws a ``TaskError`` that names file, line and key for
/// another kind.
package struct YAMLNode: Sendable {
  package enum Content: Sendable {
    /// A text as it is written, and what PyYAML takes it for.
    case scalar(String, Scalar)
    case list([YAMLNode])
    /// In the file's order.
    case mapping([(key: YAMLNode, value: YAMLNode)])
  }

  package enum Scalar: Sendable {
    case value(JSONValue)
    /// `!function module.name`.
    case function
    /// No value of a task; why, as the end of a sentence that begins with its name.
    case unusable(String)
  }

  package let file: String
  /// The path of keys to it, such as `metric_list[0].metric`; empty for the whole file.
  package let path: String
  package let line: Int?
  package let content: Content

  /// Whether the value is empty or `null`.
  package var isNull: Bool { if case .scalar(_, .value(.null)) = content { true } else { false } }
  var isScalar: Bool { if case .scalar = content { true } else { false } }
  var isList: Bool { if case .list = content { true } else { false } }
  var isMapping: Bool { if case .mapping = content { true } else { false } }

  /// The value under a key of a mapping, null included.
  subscript(key: String) -> YAMLNode? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key.written == key }?.value
  }

  /// A scalar's text as it is written: `0.5`, `yes` and `"yes"` alike.
  package func text() throws(TaskError) -> String {
    guard let written, !isNull, !isFunction else { throw wrongKind("text") }
    return written
  }

  /// Text that is not empty.
  package func name() throws(TaskError) -> String {
    let text = try text()
    guard !text.isEmpty else { throw wrongValue("must not be empty") }
    return text
  }

  /// Texts of a list, or one text.
  func texts() throws(TaskError) -> [String] {
    try oneOrMore().map { (node) throws(TaskError) in try node.text() }
  }

  package func bool() throws(TaskError) -> Bool {
    guard case .scalar(_, .value(.bool(let value))) = content else {
      throw wrongKind("true or false")
    }
    return value
  }

  /// A whole number that is at least `minimum`.
  package func int(from minimum: Int) throws(TaskError) -> Int {
    guard case .scalar(_, .value(.integer(let value))) = content, let number = Int(exactly: value)
    else { throw wrongKind("a whole number") }
    guard number >= minimum else { throw wrongValue("must be at least \(minimum), not \(number)") }
    return number
  }

  /// One of a type's names.
  func choice<Choice: RawRepresentable<String> & CaseIterable>() throws(TaskError) -> Choice {
    let name = try text()
    if let choice = Choice(rawValue: name) { return choice }
    let known = Choice.allCases.map(\.rawValue)
    let hint = SpellingHint.sentence(for: name, among: known)
    throw error(
      .wrongValue,
      "\(what) must be one of \(known.joined(separator: ", ")), not '\(name)'.\(hint)")
  }

  package func list() throws(TaskError) -> [YAMLNode] {
    guard case .list(let elements) = content else { throw wrongKind("a list") }
    return elements
  }

  /// The elements of a list, or the one value that stands in its place.
  package func oneOrMore() throws(TaskError) -> [YAMLNode] {
    isList ? try list() : [self]
  }

  package func entries() throws(TaskError) -> [(key: YAMLNode, value: YAMLNode)] {
    guard case .mapping(let entries) = content else { throw wrongKind("keys with values") }
    return entries
  }

  /// The value in JSON's kinds, as PyYAML resolves it: `yes`, `on` and `TRUE` are true, `0x10` is 16.
  package func json() throws(TaskError) -> JSONValue {
    switch content {
    case .scalar(_, .value(let value)): return value
    case .scalar(_, .function): throw needsPython()
    case .scalar(_, .unusable(let reason)): throw wrongValue(reason)
    case .list(let elements):
      return .array(try elements.map { (element) throws(TaskError) in try element.json() })
    case .mapping(let entries):
      let members = try entries.map { (key, value) throws(TaskError) in
        JSONMember(key: try key.text(), value: try value.json())
      }
      return .object(JSONObject(members: members))
    }
  }

  private var written: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }
}

/// Errors.
extension YAMLNode {
  package func wrongKind(_ expected: String) -> TaskError {
    if isFunction { return needsPython() }
    let found =
      switch content {
      case .mapping: "a mapping"
      case .list: "a list"
      case .scalar(let text, _): isNull ? "empty" : "'\(text)'"
      }
    return error(.wrongKind, "\(what) must be \(expected), not \(found).")
  }

  package func wrongValue(_ complaint: String) -> TaskError {
    error(.wrongValue, "\(what) \(complaint).")
  }

  package func error(_ code: TaskError.Code, _ message: String) -> TaskError {
    TaskError(code, file: file, line: line, message)
  }

  /// Its name in messages.
  package var what: String { path.isEmpty ? "the file" : "'\(path)'" }
}

/// References to Python.
extension YAMLNode {
  private var isFunction: Bool {
    if case .scalar(_, .function) = content { true } else { false }
  }

  /// Every `!function` in it, itself included.
  func functions() -> [YAMLNode] {
    switch content {
    case .scalar: isFunction ? [self] : []
    case .list(let elements): elements.flatMap { $0.functions() }
    case .mapping(let entries): entries.flatMap { $0.value.functions() }
    }
  }

  func needsPython() -> TaskError {
    error(
      .needsPython,
      """
      \(what) is Python ('!function \(written ?? "")'), which is not run here. \
      \(Self.wayRoundPython)
      """)
  }

  static let wayRoundPython = """
    Run the task once in lm-evaluation-harness with --log_samples, and give the samples_*.jsonl that it \
    writes as an input with 'format: lm-eval-samples'.
    """
}
