internal import CParaXML2

/// A pull parser for XML documents, over libxml2's `xmlTextReader`.
///
/// External document types are not loaded, entities are not expanded and the network is not used;
/// libxml2's limits on nesting (256), names and text length (10 MB) apply. Encodings are those of libxml2,
/// by byte order mark or declaration. Not safe to use from two threads at once.
package final class MarkupReader {
  /// Writes the next bytes into the buffer and returns their number, 0 at the end.
  package typealias Source = (UnsafeMutableRawBufferPointer) throws -> Int

  /// The line, 1-based, on which the start tag or text of the latest event ends.
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

  /// The next event; nil after the end of the document.
  ///
  /// - Throws: `MarkupError`, or the error of the source; there are no more events after that.
  package func next() throws -> MarkupEvent? {
    while pending.isEmpty {
      if isAtEnd { return nil }
      // Stays true if anything below throws.
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
    // Events before a syntax error are still returned. An undeclared entity is an error at once, because
    // the parser would omit it from the next text.
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

  /// Entities can expand to a million times their size, and libxml2 expands them in attributes.
  private func refuseEntities() throws {
    let type = xmlGetIntSubset(xmlTextReaderCurrentDoc(reader))
    guard type?.pointee.entities == nil, type?.pointee.pentities == nil else {
      isAtEnd = true
      throw MarkupError.declaresEntities(line: line)
    }
  }

  /// libxml2 stores line numbers of elements in 16 bits and those of text in full; an element beyond line
  /// 65,535 is given the line on which the text before it ends.
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
  /// Nil for warnings after which the document can be read, such as for unknown prefixes.
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

/// One event of a document. Names are without namespace prefixes.
package enum MarkupEvent: Sendable, Hashable {
  case start(name: String, attributes: [MarkupAttribute])
  /// Character data; contiguous text may be several events.
  case text(String)
  /// The end of the innermost element, also for empty elements.
  case end
}

/// An attribute of a start tag, with character references expanded.
package struct MarkupAttribute: Sendable, Hashable {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}
