internal import ParaJSON
internal import ParaMarkup

/// Builds the fields of one XML record from the events inside it.
///
/// - Attributes and child elements are fields; children of the same name are one array.
/// - The value of a child is its text, including that of its descendants, trimmed. A child with
///   attributes, or with elements and no text between them, is an object by the same rules.
/// - The text of the record itself, or of such an object, is its field `text`, if there is any.
/// - `-` in names becomes `_`, so that templates can name the field.
struct XMLElementBuilder {
  /// Why an element cannot be a record.
  enum Fault: Error {
    case tooLarge(limit: Int)
    case nameClash(String)
  }

  struct Element {
    var name: String
    var attributes: [MarkupAttribute]
    var children: [(name: String, value: JSONValue)] = []
    /// All text of the element and its descendants, and whether the element itself has some.
    var text = ""
    var hasOwnText = false
  }

  private let sizeLimit: Int
  private var size = 0
  /// The open elements, the record's first.
  private var open: [Element]
  private var closed: Element?
  private var fault: Fault?

  init(_ attributes: [MarkupAttribute], sizeLimit: Int) {
    self.sizeLimit = sizeLimit
    open = [Element(name: "", attributes: attributes)]
    measure(attributes)
  }

  var isComplete: Bool { open.isEmpty }

  mutating func add(_ event: MarkupEvent) {
    switch event {
    case .start(let name, let attributes):
      measure(attributes)
      open.append(Element(name: name, attributes: attributes))
    case .text(let text): addText(text)
    case .end: close()
    }
  }

  func fields() -> Result<JSONObject, Fault> {
    if let fault { return .failure(fault) }
    return Result { () throws(Fault) in
      guard let closed else { return [:] }
      return try closed.fields()
    }
  }

  private mutating func addText(_ text: String) {
    count(text.utf8.count)
    guard fault == nil, !open.isEmpty else { return }
    open[open.count - 1].text += text
    if !text.allSatisfy(\.isWhitespace) { open[open.count - 1].hasOwnText = true }
  }

  private mutating func close() {
    guard let element = open.popLast() else { return }
    guard !open.isEmpty else {
      closed = element
      return
    }
    guard fault == nil else { return }
    do throws(Fault) {
      let parent = open.count - 1
      open[parent].children.append((element.name, try element.value()))
      open[parent].text += element.text
    } catch {
      fault = error
    }
  }

  private mutating func measure(_ attributes: [MarkupAttribute]) {
    count(attributes.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count })
  }

  /// Each element counts as 16 bytes more, because empty ones take memory too.
  private mutating func count(_ bytes: Int) {
    size += bytes + 16
    if size > sizeLimit, fault == nil {
      fault = .tooLarge(limit: sizeLimit)
      for index in open.indices { open[index] = Element(name: "", attributes: []) }
    }
  }
}

extension XMLElementBuilder.Element {
  func value() throws(XMLElementBuilder.Fault) -> JSONValue {
    if attributes.isEmpty, hasOwnText || children.isEmpty { return .string(text.trimmed) }
    return .object(try fields())
  }

  func fields() throws(XMLElementBuilder.Fault) -> JSONObject {
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
  ) throws(XMLElementBuilder.Fault) {
    let field = String(name.map { $0 == "-" ? "_" : $0 })
    if fields[field] != nil { throw .nameClash(field) }
    fields[field] = value
  }
}

extension XMLElementBuilder.Fault {
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
