internal import CParaXML2

/// A pull reader over an XML document that arrives as bytes.
///
/// No document type is loaded, no entity expanded and no network touched; libxml2's limits on
/// nesting (256), names and text length (10 MB) stay in force. Encodings are those that libxml2
/// knows, by byte order mark or declaration. Not safe to use from two threads at once.
package final class MarkupReader {
  /// Writes the next bytes into the buffer and returns how many, 0 at the end.
  package typealias Source = (UnsafeMutableRawBufferPointer) throws -> Int

  /// The line, 1-based, of the latest event: where a start tag or text ends.
  package private(set) var line = 1

  private let state: ParseState
  private let reader: xmlTextReaderPtr?
  private var pending: ArraySlice<MarkupEvent> = []
  private var isAtEnd = false

  package init(_ source: @escaping Source) {
    state = ParseState(source)
    xmlInitParser()
    let context = Unmanaged.passUnretained(state).toOpaque()
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_BIG_LINES.rawValue
    reader = xmlReaderForIO(
      { context, bytes, count in
        guard let context else { return -1 }
        let state = Unmanaged<ParseState>.fromOpaque(context).takeUnretainedValue()
        return state.fill(UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
      }, nil, context, nil, nil, Int32(options))
    xmlTextReaderSetStructuredErrorHandler(
      reader,
      { context, error in
        guard let context, let error = error?.pointee, let found = MarkupError(error) else {
          return
        }
        Unmanaged<ParseState>.fromOpaque(context).takeUnretainedValue().note(found)
      }, context)
  }

  deinit { xmlFreeTextReader(reader) }

  /// The next event, or `nil` after the document's end.
  ///
  /// - Throws: `MarkupError`, or what the source threw; afterwards there are no more events.
  package func next() throws -> MarkupEvent? {
    while pending.isEmpty {
      if isAtEnd { return nil }
      // Any failure below is the end; success takes it back.
      isAtEnd = true
      guard try advance() else { return nil }
      isAtEnd = false
      try readNode()
    }
    return pending.removeFirst()
  }

  private func advance() throws -> Bool {
    let status = xmlTextReaderRead(reader)
    if let failure = state.sourceFailure { throw failure }
    // What is well-formed before a fault is still to come, but an entity that the parser leaves out
    // may lie in what comes next.
    if let error = state.error, status != 1 || error.code == .undeclaredEntity { throw error }
    if status < 0 { throw MarkupError.notWellFormed("unknown error", line: line) }
    return status == 1
  }
}

extension MarkupReader {
  private func readNode() throws {
    let type = UInt32(bitPattern: xmlTextReaderNodeType(reader))
    noteLine()
    switch xmlReaderTypes(type) {
    case XML_READER_TYPE_ELEMENT:
      let isEmpty = xmlTextReaderIsEmptyElement(reader) == 1
      readElement()
      if isEmpty { pending.append(.end) }
    case XML_READER_TYPE_END_ELEMENT:
      pending = [.end]
    case XML_READER_TYPE_TEXT, XML_READER_TYPE_CDATA, XML_READER_TYPE_WHITESPACE,
      XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
      pending = [.text(text(xmlTextReaderConstValue(reader)))]
    case XML_READER_TYPE_DOCUMENT_TYPE:
      try refuseEntities()
    default:
      break
    }
  }

  private func readElement() {
    let name = text(xmlTextReaderConstLocalName(reader))
    var attributes: [MarkupAttribute] = []
    while xmlTextReaderMoveToNextAttribute(reader) == 1 {
      if xmlTextReaderIsNamespaceDecl(reader) == 1 { continue }
      let name = text(xmlTextReaderConstLocalName(reader))
      attributes.append(
        MarkupAttribute(name: name, value: text(xmlTextReaderConstValue(reader))))
    }
    _ = xmlTextReaderMoveToElement(reader)
    pending = [.start(name: name, attributes: attributes)]
  }

  /// Entities can hold a text that grows a millionfold, and attributes would expand them.
  private func refuseEntities() throws {
    let type = xmlGetIntSubset(xmlTextReaderCurrentDoc(reader))
    guard type?.pointee.entities == nil, type?.pointee.pentities == nil else {
      isAtEnd = true
      throw MarkupError.declaresEntities(line: line)
    }
  }

  /// libxml2 keeps the lines of elements in 16 bits and those of text in full; an element beyond
  /// is on the line on which the text before it ended.
  private func noteLine() {
    let found = xmlGetLineNo(xmlTextReaderCurrentNode(reader))
    let isEnd = xmlTextReaderNodeType(reader) == XML_READER_TYPE_END_ELEMENT.rawValue
    if !isEnd, found > line { line = found }
  }

  private func text(_ characters: UnsafePointer<xmlChar>?) -> String {
    characters.map { String(cString: $0) } ?? ""
  }
}

extension MarkupError {
  /// `nil` for what does not keep the document from being read, such as unknown prefixes.
  fileprivate init?(_ error: xmlError) {
    let line = max(1, Int(error.line))
    if error.code == Int32(XML_WAR_UNDECLARED_ENTITY.rawValue) {
      self = .undeclaredEntity(line: line)
      return
    }
    guard error.level == XML_ERR_FATAL else { return nil }
    let message = error.message.map { String(cString: $0) } ?? "unknown error"
    self = .notWellFormed(
      message.split(whereSeparator: \.isNewline).joined(separator: " "), line: line)
  }
}
