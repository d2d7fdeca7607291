import ParaReports
import ParaTasks
import Yams

/// A value of the job file, with its line and key path.
///
/// Each accessor expects one kind of value, and throws a ``JobError`` that names file, line and key
/// if the value is of another kind.
struct JobNode {
  let file: String
  /// The path of keys to it, such as "inputs[0].limit"; empty for the whole file.
  let path: String
  let line: Int?
  private let node: Node

  init(_ node: Node, file: String, path: String = "", line: Int? = nil) {
    self.node = node
    self.file = file
    self.path = path
    self.line = node.mark?.line ?? line
  }

  /// The value as a task's reader takes it.
  var taskNode: YAMLNode {
    get throws { try YAMLNode(node, file: file, path: path, line: line) }
  }

  /// A mapping without some keys, and with others under another name.
  func mapping(without removed: Set<String>, renaming names: [String: String]) throws -> JobNode {
    let pairs = try entries().compactMap { entry -> (Node, Node)? in
      let name = try entry.name.string()
      if removed.contains(name) { return nil }
      return (names[name].map { Node($0) } ?? entry.name.node, entry.value.node)
    }
    return JobNode(Node(pairs), file: file, path: path, line: line)
  }

  /// Whether the value is empty or `null`.
  var isNull: Bool { plain.map { ["", "~", "null"].contains($0) } ?? false }

  /// Text that is not empty; a number or a truth value counts as the text that it is written as.
  func string() throws -> String {
    guard let text = node.scalar?.string, !isNull else { throw wrongKind("text") }
    guard !text.isEmpty else { throw wrongValue("must not be empty") }
    return text
  }

  func bool() throws -> Bool {
    switch plain {
    case "true": true
    case "false": false
    default: throw wrongKind("true or false")
    }
  }

  func int(in range: ClosedRange<Int>) throws -> Int {
    guard let number = plain.flatMap({ Int($0) }) else { throw wrongKind("a whole number") }
    guard range.contains(number) else {
      throw wrongValue(
        range.upperBound == .max
          ? "must be at least \(range.lowerBound), not \(number)"
          : "must be from \(range.lowerBound) to \(range.upperBound), not \(number)")
    }
    return number
  }

  func double() throws -> Double {
    guard let number = plain.flatMap({ Double($0) }), number.isFinite else {
      throw wrongKind("a number")
    }
    return number
  }

  func double(above bound: Double, upTo limit: Double = .infinity) throws -> Double {
    let number = try double()
    guard number > bound, number <= limit else {
      throw wrongValue(
        limit.isInfinite
          ? "must be greater than \(bound), not \(number)"
          : "must be greater than \(bound) and at most \(limit), not \(number)")
    }
    return number
  }

  func double(from bound: Double, upTo limit: Double) throws -> Double {
    let number = try double()
    guard (bound...limit).contains(number) else {
      throw wrongValue("must be from \(bound) to \(limit), not \(number)")
    }
    return number
  }

  /// A size with its unit, such as "2 GB", in bytes.
  func byteCount() throws -> Int {
    guard let size = (try? string()).flatMap(ByteCount.init(parsing:)) else {
      throw wrongKind("a size such as 500 MB or 2 GB")
    }
    return size.bytes
  }

  /// The elements of a list.
  func list() throws -> [JobNode] {
    guard let sequence = node.sequence else { throw wrongKind("a list") }
    return sequence.enumerated().map { index, element in
      JobNode(element, file: file, path: "\(path)[\(index)]", line: line)
    }
  }

  /// A list of texts, or a single text.
  func strings() throws -> [String] {
    if let text = try? string() { return [text] }
    return try list().map { try $0.string() }
  }

  /// One of a type's names.
  func choice<Choice: RawRepresentable<String> & CaseIterable>() throws -> Choice {
    guard let choice = Choice(rawValue: try string()) else {
      throw wrongValue("must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  func nonEmptyList() throws -> [JobNode] {
    let list = try list()
    guard !list.isEmpty else { throw wrongValue("must not be empty") }
    return list
  }

  /// The keys and values of a mapping whose keys the user chose, in the file's order.
  func entries() throws -> [(name: JobNode, value: JobNode)] {
    guard let mapping = node.mapping else { throw wrongKind("names with values") }
    return try mapping.map { key, value in
      let name = JobNode(key, file: file, path: path, line: line)
      let valuePath = path.isEmpty ? try name.string() : "\(path).\(try name.string())"
      return (name, JobNode(value, file: file, path: valuePath, line: name.line))
    }
  }

  func wrongKind(_ expected: String) -> JobError {
    error(.wrongKind, "\(what) must be \(expected), not \(found).")
  }

  func wrongValue(_ complaint: String) -> JobError { error(.wrongValue, "\(what) \(complaint).") }

  func error(_ code: JobError.Code, _ message: String) -> JobError {
    JobError(code: code, file: file, line: line, message: message)
  }

  /// Its name in messages.
  var what: String { path.isEmpty ? "the job" : "'\(path)'" }

  /// A scalar's text if it is not quoted, as numbers are not.
  private var plain: String? {
    guard let scalar = node.scalar, scalar.style == .plain else { return nil }
    return scalar.string
  }

  private var found: String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(let scalar): isNull ? "empty" : "'\(scalar.string)'"
    case .alias: "an alias"
    }
  }
}

/// What is wrong with a job file.
public struct JobError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The file cannot be read, or is not UTF-8.
    case unreadable
    /// The file is not YAML.
    case syntax
    case unknownKey
    case missingKey
    /// A value is of another kind than its key needs.
    case wrongKind
    /// A value is of the right kind, but not allowed.
    case wrongValue
    /// A name is not declared in the file, or not known.
    case unknownName
  }

  public let code: Code
  /// The job file's path as it was given.
  public let file: String
  /// Counted from 1; nil for the whole file.
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
