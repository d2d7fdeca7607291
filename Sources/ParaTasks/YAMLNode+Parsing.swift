import ParaJSON
package import Yams

extension YAMLNode {
  /// The root of a file's text. Of equal keys the last counts, as for PyYAML; task files have such.
  package init(parsing text: String, file: String) throws(TaskError) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    while true {
      do {
        let root = try Yams.compose(yaml: lines.joined(separator: "\n"))
        guard let root else { throw TaskError(.wrongKind, file: file, "the file is empty.") }
        self.init(root, file: file)
        return
      } catch let error as TaskError {
        throw error
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        guard Self.supersede(at: context.mark, in: &lines) else {
          throw TaskError(
            .syntax, file: file, line: context.mark.line,
            "the key '\(keys.first ?? "")' is there twice.")
        }
      } catch {
        let (line, problem) = (error as? YamlError)?.place ?? (nil, "\(error)")
        throw TaskError(.syntax, file: file, line: line, "not YAML: \(problem).")
      }
    }
  }

  /// Begins the key of a later one's value, a character that no file means.
  private static let superseded = "\u{E000}"

  /// Makes another key of the first of equal ones, which Yams refuses.
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

  /// A value that is parsed already, such as a task within a job file.
  ///
  /// - Parameters:
  ///   - path: The key path that messages name.
  ///   - line: Where the value has no line of its own.
  package init(_ node: Node, file: String, path: String = "", line: Int? = nil) {
    let line = node.mark?.line ?? line
    let content: Content =
      switch node {
      case .scalar(let scalar): .scalar(scalar.string, Scalar(scalar))
      case .sequence(let sequence):
        .list(
          sequence.enumerated().map { index, element in
            YAMLNode(element, file: file, path: "\(path)[\(index)]", line: line)
          })
      case .mapping(let mapping):
        .mapping(
          mapping.compactMap { key, value in
            guard key.scalar?.string.hasPrefix(Self.superseded) != true else { return nil }
            let key = YAMLNode(key, file: file, path: path, line: line)
            let name = (try? key.text()) ?? "?"
            let valuePath = path.isEmpty ? name : "\(path).\(name)"
            return (key, YAMLNode(value, file: file, path: valuePath, line: key.line))
          })
      case .alias: .scalar("", .unusable("is an alias without its anchor"))
      }
    self.init(content, file: file, path: path, line: line)
  }
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
