/// A JSON value as it stands in the file.
///
/// Foundation's readers give objects as dictionaries keyed by `String`, whose equality is canonical
/// equivalence: a vocabulary that holds both `é` and `e` + U+0301 would lose one of them. Members
/// therefore stay a list, in the file's order, with every key's scalars untouched.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// The kind's name, for messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
