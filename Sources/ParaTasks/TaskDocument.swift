package import ParaJSON
package import ParaJinja

/// A record as templates see it. It belongs to one worker: lists within it can be changed by templates.
package struct TaskDocument {
  package let fields: JSONObject
  private let variables: [String: JinjaValue]

  package init(_ fields: JSONObject) {
    self.fields = fields
    variables = Dictionary(fields.members.map { ($0.key, JinjaValue($0.value)) }) { $1 }
  }

  func field(_ name: String) -> JinjaValue? { variables[name] }

  /// The value at a path such as `answers.text`, which descends into objects and every element of lists.
  func field(at path: [String]) -> JinjaValue? {
    Self.follow(path[...], .object(fields)).map(JinjaValue.init)
  }

  private static func follow(_ path: ArraySlice<String>, _ value: JSONValue) -> JSONValue? {
    guard let name = path.first else { return value }
    switch value {
    case .object(let fields): return fields[name].flatMap { follow(path.dropFirst(), $0) }
    case .array(let values):
      let found = values.compactMap { follow(path, $0) }
      return found.count == values.count ? .array(found) : nil
    default: return nil
    }
  }

  func render(_ template: JinjaTemplate) throws(TaskRowError) -> String {
    do {
      return try template.render(variables)
    } catch let error as JinjaError where error.code == .undefined {
      throw TaskRowError(
        .fieldMissing,
        "The template failed on this row: \(error). It has \(fields.keys.joined(separator: ", ")).")
    } catch {
      throw TaskRowError(.templateFailed, "The template failed on this row: \(error).")
    }
  }

  func missingField(_ name: String) -> TaskRowError {
    let hint = SpellingHint.sentence(for: name, among: fields.keys)
    return TaskRowError(
      .fieldMissing,
      "The row has no field '\(name)'.\(hint) It has \(fields.keys.joined(separator: ", ")).")
  }
}

extension JinjaValue {
  /// Python's `str()` of the value.
  func pythonText() throws(TaskRowError) -> String {
    if case .string(let text) = self { return text }
    do {
      return try JinjaTemplate("{{ value }}", .task).render(["value": self])
    } catch {
      throw TaskRowError(.fieldUnusable, "A value cannot be written as text: \(error).")
    }
  }

  /// The number of a choice that Python would take the value for: a whole number, `True` for 1, `2.0` for 2.
  var choiceIndex: Int? {
    switch self {
    case .boolean(let value): value ? 1 : 0
    case .integer(let value): value
    case .float(let value): Int(exactly: value)
    default: nil
    }
  }
}

extension String {
  /// The number that lm-evaluation-harness makes of a rendered text for a task with choices: digits alone.
  ///
  /// - Returns: Nil for other texts, and for digits that Python reads as no number, such as `007`.
  var choiceDigits: Int? {
    guard !isEmpty, utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return utf8.first == 0x30 && utf8.contains { $0 != 0x30 } ? nil : Int(self)
  }
}
