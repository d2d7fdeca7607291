package import ParaJSON

/// A path to a value in a record: `answers.text` descends into objects, and into every element of a
/// list.
package struct FieldPath {
  private let names: [String]

  package var name: String { names.joined(separator: ".") }

  package init(_ path: String) { names = path.split(separator: ".").map(String.init) }

  /// The value there as texts: one for a scalar, several for a list of scalars; at least one.
  ///
  /// - Throws: ``PromptError`` if the field is missing or something else.
  func texts(in fields: JSONObject) throws -> [String] {
    let value = try value(in: fields)
    guard let texts = value.referenceTexts, !texts.isEmpty else {
      throw PromptError.unusableField(name, kind: value.typeName)
    }
    return texts
  }

  /// The value there, of any kind.
  ///
  /// - Throws: ``PromptError`` if the field is missing.
  package func value(in fields: JSONObject) throws -> JSONValue {
    guard let value = find(in: fields) else {
      throw PromptError.missingField(name, known: fields.keys)
    }
    return value
  }

  /// The value there; nil if the field is missing.
  package func find(in fields: JSONObject) -> JSONValue? {
    Self.follow(names[...], .object(fields))
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
}

extension JSONValue {
  /// The text of a scalar, a number with all its digits; nil for null, lists and objects.
  package var scalarText: String? {
    switch self {
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .double(let value): String(value)
    case .bigInteger(let digits): digits
    case .string(let value): value
    case .null, .array, .object: nil
    }
  }

  /// The texts of a scalar or of a list of scalars; nil for anything else.
  fileprivate var referenceTexts: [String]? {
    guard case .array(let values) = self else { return scalarText.map { [$0] } }
    return values.reduce([]) { texts, value in
      guard let texts, let more = value.referenceTexts else { return nil }
      return texts + more
    }
  }
}
