internal import ParaJSON
internal import ParaMarkup

/// Builds the fields of one XML record from the events inside it.
///
/// - An attribute is a field. A child element is one too, and children of one name are an array.
/// - A child's value is its text, with all text inside it, trimmed. A child with attributes, or
///   with elements and no text between them, is an object by these same rules.
/// - The text of the record itself, or of such an object, is its field `text`, if it has any.
/// - `-` in names becomes `_`, so that templates can name the field.
struct ElementBuilder {
  /// Why an element is no record.
  enum Fault: Error {
    case tooLarge(limit: Int)
    case nameClash(String)
  }

  struct Element {
    var name: String
    var attributes: [MarkupAttribute]
    var children: [(name: String, value: JSONValue)] = []
    /// All text inside, and whether some of it lies between the children.
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

  /// Elements count as some bytes themselves, for they take memory even when they are empty.
  private mutating func count(_ bytes: Int) {
    size += bytes + 16
    if size > sizeLimit, fault == nil {
      fault = .tooLarge(limit: sizeLimit)
      for index in open.indices { open[index] = Element(name: "", attributes: []) }
    }
  }
}
