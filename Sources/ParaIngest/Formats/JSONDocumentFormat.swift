internal import ParaArchives
internal import ParaJSON

extension InputFormat {
  /// One JSON document with a path to the records.
  public static let json = InputFormat(
    name: "json", title: "JSON",
    recognize: { sample in
      switch JSONLayout(sample) {
      case .document: .match
      case .invalid: .lookalike(actual: "text that is not JSON")
      case .lines, nil: .noMatch
      }
    },
    open: JSONDocumentSource.init)
}

/// The records at a path in one JSON document.
///
/// Each record inherits the fields of the objects that enclose it, except those that are objects; fields
/// of inner objects take precedence. The whole document is held in memory.
private final class JSONDocumentSource: RecordSource {
  /// An array on the path to the records.
  private struct Level {
    var elements: ArraySlice<JSONValue>
    let inherited: JSONObject
    let path: String
    /// The number of path components that lead here.
    let depth: Int
  }

  /// Nil once the document is parsed.
  private var stream: ByteStream?
  private let names: [String]
  private let sizeLimit: Int
  private var levels: [Level] = []
  let provenance: Provenance

  init(_ context: SourceContext) {
    stream = context.stream
    provenance = context.provenance
    sizeLimit = context.limits.documentBytes
    names = context.records?.split(separator: ".").map(String.init) ?? []
    context.stream.skipByteOrderMark()
  }

  func next() throws(ArchiveError) -> Result<Record, IngestError>? {
    if let stream {
      self.stream = nil
      if let result = try document(stream) { return result }
    }
    while let level = levels.last {
      let last = levels.count - 1
      guard let element = levels[last].elements.popFirst() else {
        levels.removeLast()
        continue
      }
      let path = "\(level.path)[\(levels[last].elements.startIndex - 1)]"
      if let result = visit(element, path, level.depth, level.inherited) { return result }
    }
    return nil
  }

  /// Reads and enters the document.
  private func document(
    _ stream: ByteStream
  ) throws(ArchiveError) -> Result<Record, IngestError>? {
    repeat {
      if stream.available.count > sizeLimit { return .failure(tooLarge) }
    } while try stream.fill()
    let bytes = stream.available
    do {
      return enter(try JSONParser.parse(bytes), "", 0, [:])
    } catch {
      let place = bytes.place(of: error.offset)
      return .failure(IngestError(error, place, at: provenance))
    }
  }

  /// Begins an array, or visits any other value; nil if there is no result yet.
  private func enter(
    _ value: JSONValue, _ path: String, _ depth: Int, _ inherited: JSONObject
  ) -> Result<Record, IngestError>? {
    guard case .array(let elements) = value else { return visit(value, path, depth, inherited) }
    levels.append(Level(elements: elements[...], inherited: inherited, path: path, depth: depth))
    return nil
  }

  /// Returns a record, or follows the next component of the path.
  private func visit(
    _ value: JSONValue, _ path: String, _ depth: Int, _ inherited: JSONObject
  ) -> Result<Record, IngestError>? {
    guard case .object(var fields) = value else { return .failure(notAnObject(value, at: path)) }
    if depth == names.count {
      fields.appendMissing(from: inherited)
      return .success(Record(provenance: place(path), fields: fields))
    }
    let name = names[depth]
    guard let child = fields[name] else { return .failure(missing(name, at: path)) }
    fields[name] = nil
    fields = fields.filter(\.isInherited)
    fields.appendMissing(from: inherited)
    return enter(child, path.isEmpty ? name : "\(path).\(name)", depth + 1, fields)
  }

  private func place(_ path: String) -> Provenance {
    Provenance(
      file: provenance.file, member: provenance.member,
      location: path.isEmpty ? .whole : .path(path))
  }

  private func notAnObject(_ value: JSONValue, at path: String) -> IngestError {
    IngestError(
      code: .notAnObject, message: "there is \(value.typeName); a record must be an object {…}",
      provenance: place(path))
  }

  private func missing(_ name: String, at path: String) -> IngestError {
    IngestError(
      code: .recordsNotFound,
      message: "there is no field \"\(name)\" here; the path to the records is "
        + "\"\(names.joined(separator: "."))\"",
      provenance: place(path))
  }

  private var tooLarge: IngestError {
    IngestError(
      code: .documentTooLarge,
      message: "the document is longer than \(sizeLimit) bytes; write its records as JSON Lines "
        + "or raise the limit",
      provenance: provenance)
  }
}

extension JSONValue {
  fileprivate var isInherited: Bool {
    if case .object = self { return false }
    return true
  }
}

extension UnsafeRawBufferPointer {
  /// The position of a byte in words: its line, and its offset in the line.
  fileprivate func place(of offset: Int) -> String {
    let before = self[..<offset]
    let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return "at line \(line), byte \(offset - lineStart + 1)"
  }
}
