import Foundation
import ParaJSON
import Stencil

/// A Stencil template whose variables are a record's fields.
///
/// Unlike in plain Stencil, a field in a `{{ … }}` must exist, because a failed row is better than a
/// prompt with a gap. A field that an `{% if %}` or `{% for %}` also mentions may be missing.
struct PromptTemplate {
  private let template: Template
  private let required: Set<String>

  init(_ text: String) throws {
    // Stencil traps on the last element of an empty list.
    guard !text.contains(".last") else {
      throw TemplateSyntaxError("'.last' cannot be used; name the element.")
    }
    template = Template(templateString: text)
    _ = try template.render([:])  // Stencil finds errors of syntax only when it renders
    required = Self.names(in: text, of: /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)/)
      .subtracting(Self.tagNames(in: text))
  }

  func render(_ fields: JSONObject) throws -> String {
    if let missing = required.filter({ fields[$0] == nil }).min() {
      throw PromptError.missingField(missing, known: fields.keys)
    }
    do {
      return try template.render(fields.templateValues)
    } catch {
      throw PromptError.template(error)
    }
  }

  private static func names(in text: String, of pattern: Regex<(Substring, Substring)>) -> Set<
    String
  > {
    Set(text.matches(of: pattern).map { String($0.output.1) })
  }

  private static func tagNames(in text: String) -> Set<String> {
    text.matches(of: /\{%(.*?)%\}/).reduce(into: []) { names, tag in
      names.formUnion(Self.names(in: String(tag.output.1), of: /([A-Za-z_][A-Za-z0-9_]*)/))
    }
  }
}

extension JSONValue {
  /// The value in Stencil's types; null as empty text.
  fileprivate var templateValue: Any {
    switch self {
    case .null: ""
    case .bool(let value): value
    case .integer(let value): Int(value)
    case .double(let value): value
    case .bigInteger: doubleValue ?? 0
    case .string(let value): value
    case .array(let values): values.map(\.templateValue)
    case .object(let fields): fields.templateValues
    }
  }
}

extension JSONObject {
  fileprivate var templateValues: [String: Any] {
    Dictionary(members.map { ($0.key, $0.value.templateValue) }) { first, _ in first }
  }
}
