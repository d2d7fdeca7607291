import ParaJSON
package import Yams

extension YAMLNode {
  /// The root of a file's text. Of equal keys the last counts, as for PyYAML; task files have such.
  package init(parsing text: String, file: String) throws(TaskError) {
    let root: Node?
    do {
      root = try Self.compose(text)
    } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
      throw TaskError(
        .syntax, file: file, line: context.mark.line,
        "the key '\(keys.first ?? "")' is there twice.")
    } catch {
      let (line, problem) = (error as? YamlError)?.place ?? (nil, "\(error)")
      throw TaskError(.syntax, file: file, line: line, "not YAML: \(problem).")
    }
    guard let root else { throw TaskError(.wrongKind, file: file, "the file is empty.") }
    try self.init(root, file: file)
  }

  /// A value that is parsed already, such as a task within a job file.
  ///
  /// - Parameters:
  ///   - path: The key path that messages name.
  ///   - line: Where the value has no line of its own.
  /// - Throws: ``TaskError`` for aliases that stand for 200,000 values or more.
  package init(
    _ node: Node, file: String, path: String = "", line: Int? = nil
  ) throws(TaskError) {
    var count = 0
    try self.init(node, file: file, path: path, line: line, count: &count)
  }

  private init(
    _ node: Node, file: String, path: String, line: Int?, count: inout Int
  ) throws(TaskError) {
    count += 1
    guard count < 200_000 else {
      throw TaskError(.syntax, file: file, line: line, "there are more than 200,000 values.")
    }
    let line = node.mark?.line ?? line
    self.file = file
    self.path = path
    self.line = line
    switch node {
    case .scalar(let scalar): content = .scalar(scalar.string, Scalar(scalar))
    case .sequence(let sequence):
      var elements: [YAMLNode] = []
      for (index, element) in sequence.enumerated() {
        let path = "\(path)[\(index)]"
        elements.append(
          try YAMLNode(element, file: file, path: path, line: line, count: &count))
      }
      content = .list(elements)
    case .mapping(let mapping):
      var entries: [(key: YAMLNode, value: YAMLNode)] = []
      for (key, value) in mapping where !key.isSuperseded {
        let key = try YAMLNode(key, file: file, path: path, line: line, count: &count)
        let name = (try? key.text()) ?? "?"
        let path = path.isEmpty ? name : "\(path).\(name)"
        let value = try YAMLNode(value, file: file, path: path, line: key.line, count: &count)
        entries.append((key, value))
      }
      content = .mapping(entries)
    case .alias: content = .scalar("", .unusable("is an alias without its anchor"))
    }
  }
}

/// Equal keys, which Yams refuses.
extension YAMLNode {
  /// Begins a key behind which an equal one follows; a character that no file means.
  fileprivate static let superseded = "\u{E000}"

  /// The text's root, in which all but the last of equal keys are made other keys.
  private static func compose(_ text: String) throws -> Node? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var attempts = 0
    while true {
      do {
        return try Yams.compose(yaml: lines.joined(separator: "\n"))
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        attempts += 1
        guard attempts < 100, supersede(at: context.mark, in: &lines) else {
          throw YamlError.duplicatedKeysInMapping(duplicates: keys, context: context)
        }
      }
    }
  }

  private static func supersede(at mark: Mark, in lines: inout [String]) -> Bool {
    guard lines.indices.contains(mark.line - 1) else { return false }
    var line = lines[mark.line - 1].unicodeScalars
    guard
      var place = line.index(line.startIndex, offsetBy: mark.column - 1, limitedBy: line.endIndex),
      place < line.endIndex
    else { return false }
    if line[place] == "\"" || line[place] == "'" { place = line.index(after: place) }
    line.insert(contentsOf: superseded.unicodeScalars, at: place)
    lines[mark.line - 1] = String(line)
    return true
  }
}

extension Node {
  fileprivate var isSuperseded: Bool { scalar?.string.hasPrefix(YAMLNode.superseded) == true }
}

extension YAMLNode.Scalar {
  /// What PyYAML takes a scalar for, by its tag or its looks.
  init(_ scalar: Node.Scalar) {
    let tag = Node.scalar(scalar).tag.rawValue
    self =
      switch tag.split(separator: ":").last {
      case "!function": .function
      case "null": .value(.null)
      case "bool": .value(.bool(Bool.construct(from: scalar) ?? false))
      case "int": Self(integer: scalar)
      case "float": Self(float: scalar)
      case "str", "value", "merge", nil: .value(.string(scalar.string))
      case "timestamp": .unusable("is a date in YAML; put it in quotes for a text")
      default: .unusable("has the tag '\(tag)', which is not known here")
      }
  }

  private init(integer scalar: Node.Scalar) {
    if let number = Int64.construct(from: scalar) {
      self = .value(.integer(number))
      return
    }
    let digits = scalar.string.filter { $0 != "_" && $0 != "+" }
    self =
      digits.drop { $0 == "-" }.allSatisfy(\.isWholeNumber)
      ? .value(.bigInteger(digits)) : .unusable("is a number that is too large in this notation")
  }

  private init(float scalar: Node.Scalar) {
    let number = Double.construct(from: scalar)
    self = number.flatMap { $0.isFinite ? .value(.double($0)) : nil } ?? .unusable("is not finite")
  }
}

extension YamlError {
  /// The line with the problem, and the problem.
  fileprivate var place: (line: Int?, problem: String) {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (mark.line, problem)
    case .reader(let problem, _, _, _): (nil, problem)
    default: (nil, "\(self)")
    }
  }
}
