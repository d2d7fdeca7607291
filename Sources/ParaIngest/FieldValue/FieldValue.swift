/// What a record holds under one of its fields' names.
///
/// The kinds are JSON's, with whole numbers apart: `1` is an `integer`, `1.0` and whole numbers
/// beyond 64 bits are a `number`. A `number` is always finite.
public enum FieldValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([FieldValue])
  case object([String: FieldValue])
}

extension FieldValue {
  /// The kind in words for messages, such as `an array`.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a Boolean"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
