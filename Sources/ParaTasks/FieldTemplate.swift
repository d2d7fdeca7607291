package import ParaJSON
package import ParaJinja

/// A text of a task file that stands for a value of each record: the name of a field, whose value is taken
/// as it is, or a Jinja template over the fields.
///
/// A word without Jinja that no field is called by, such as `anwser`, would be the text of every row in
/// lm-evaluation-harness. Where words stand for fields it is a path into the record here (`answers.text`), or
/// that row's error.
package struct FieldTemplate: Sendable {
  package let source: String
  private let template: JinjaTemplate
  /// The parts of a name or path; empty for a template.
  private let path: [String]

  /// - Parameter wordsAreFields: Whether a single word is always meant as a field.
  /// - Throws: ``TaskError`` for a text that is not Jinja.
  init(_ node: YAMLNode, wordsAreFields: Bool) throws(TaskError) {
    source = try node.text()
    template = try node.template()
    path =
      wordsAreFields && source.isFieldPath ? source.split(separator: ".").map(String.init) : []
  }

  /// What it stands for: a field's value, or the template's text.
  enum Value {
    case field(JinjaValue)
    case rendered(String)
  }

  func value(of document: TaskDocument) throws(TaskRowError) -> Value {
    if let field = document.field(source) { return .field(field) }
    guard path.isEmpty else {
      if path.count > 1, let field = document.field(at: path) { return .field(field) }
      throw document.missingField(source)
    }
    return .rendered(try document.render(template))
  }

  /// A value that must be text.
  func text(of document: TaskDocument, key: String) throws(TaskRowError) -> String {
    switch try value(of: document) {
    case .rendered(let text), .field(.string(let text)): return text
    case .field(let value): throw unusable(value, for: key)
    }
  }
}

/// An element of a list in a task file: a value as it is, or a template, if there is Jinja in it.
/// lm-evaluation-harness takes its braces for text, which nobody wants scored.
package enum ListElement: Sendable {
  case constant(JSONValue)
  case template(JinjaTemplate)

  init(_ node: YAMLNode) throws(TaskError) {
    let value = try node.json()
    if case .string(let text) = value, text.isTemplate {
      self = .template(try node.template())
    } else {
      self = .constant(value)
    }
  }

  /// An element that is text, whatever YAML takes it for: `yes`, `1`.
  init(text node: YAMLNode) throws(TaskError) {
    self = try node.text().isTemplate ? .template(node.template()) : .constant(.string(node.text()))
  }

  func value(of document: TaskDocument) throws(TaskRowError) -> JinjaValue {
    switch self {
    case .constant(let value): JinjaValue(value)
    case .template(let template): .string(try document.render(template))
    }
  }
}

extension YAMLNode {
  fileprivate func template() throws(TaskError) -> JinjaTemplate {
    do {
      return try JinjaTemplate(try text(), .task)
    } catch let error as TaskError {
      throw error
    } catch {
      throw self.error(.syntax, "\(what) is not a Jinja template: \(error).")
    }
  }
}

extension String {
  fileprivate var isTemplate: Bool { contains("{{") || contains("{%") }

  /// Whether it looks like a field's name, or names with points between them.
  fileprivate var isFieldPath: Bool {
    guard let first, first.isLetter || first == "_", last != "." else { return false }
    return allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
  }
}
