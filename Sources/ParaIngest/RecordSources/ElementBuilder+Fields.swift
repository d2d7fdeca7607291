internal import ParaJSON
internal import ParaMarkup

extension ElementBuilder.Element {
  func value() throws(ElementBuilder.Fault) -> JSONValue {
    if attributes.isEmpty, hasOwnText || children.isEmpty { return .string(text.trimmed) }
    return .object(try fields())
  }

  func fields() throws(ElementBuilder.Fault) -> JSONObject {
    var fields: JSONObject = [:]
    for attribute in attributes {
      try set(attribute.name, .string(attribute.value), in: &fields)
    }
    for (name, values) in grouped() {
      try set(name, values.count == 1 ? values[0] : .array(values), in: &fields)
    }
    if hasOwnText { try set("text", .string(text.trimmed), in: &fields) }
    return fields
  }

  /// The children's values by name, in the order in which names first occur.
  private func grouped() -> [(name: String, values: [JSONValue])] {
    var places: [String: Int] = [:]
    return children.reduce(into: []) { groups, child in
      if let place = places[child.name] {
        groups[place].values.append(child.value)
      } else {
        places[child.name] = groups.count
        groups.append((child.name, [child.value]))
      }
    }
  }

  private func set(
    _ name: String, _ value: JSONValue, in fields: inout JSONObject
  ) throws(ElementBuilder.Fault) {
    let field = String(name.map { $0 == "-" ? "_" : $0 })
    if fields[field] != nil { throw .nameClash(field) }
    fields[field] = value
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
