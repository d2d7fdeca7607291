internal import ParaMarkup

extension ElementBuilder.Element {
  func value() throws(ElementBuilder.Fault) -> FieldValue {
    if attributes.isEmpty, hasOwnText || children.isEmpty { return .string(text.trimmed) }
    return .object(try fields())
  }

  func fields() throws(ElementBuilder.Fault) -> [String: FieldValue] {
    var fields: [String: FieldValue] = [:]
    for attribute in attributes {
      try set(attribute.name, .string(attribute.value), in: &fields)
    }
    for (name, values) in grouped().sorted(by: { $0.key < $1.key }) {
      try set(name, values.count == 1 ? values[0] : .array(values), in: &fields)
    }
    if hasOwnText { try set("text", .string(text.trimmed), in: &fields) }
    return fields
  }

  private func grouped() -> [String: [FieldValue]] {
    Dictionary(grouping: children, by: \.name).mapValues { $0.map(\.value) }
  }

  private func set(
    _ name: String, _ value: FieldValue, in fields: inout [String: FieldValue]
  ) throws(ElementBuilder.Fault) {
    let field = String(name.map { $0 == "-" ? "_" : $0 })
    if fields.updateValue(value, forKey: field) != nil { throw .nameClash(field) }
  }
}

extension ElementBuilder.Fault {
  func error(at provenance: Provenance) -> IngestError {
    switch self {
    case .tooLarge(let limit):
      IngestError(
        code: .recordTooLarge,
        message: "the element holds more than \(limit) bytes; choose smaller elements as records "
          + "or raise the limit",
        provenance: provenance)
    case .nameClash(let name):
      IngestError(
        code: .fieldNameClash,
        message: "the element gives the field \"\(name)\" twice, such as by an attribute and a "
          + "child; rename one of them",
        provenance: provenance)
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
