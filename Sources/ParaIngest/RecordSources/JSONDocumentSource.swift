internal import ParaArchives
internal import ParaJSON

/// The records in one JSON document, at the end of a path.
///
/// Each record inherits the fields of the objects around it that are no objects themselves, and
/// inner fields win. The whole document is held in memory.
final class JSONDocumentSource: RecordSource {
  /// An array on the way to the records.
  private struct Level {
    var elements: ArraySlice<JSONValue>
    let inherited: JSONObject
    let path: String
    /// How many names of the path lead here.
    let depth: Int
  }

  /// Given up once the document is parsed.
  private var stream: ByteStream?
  private let names: [String]
  private let sizeLimit: Int
  private var levels: [Level] = []
  let provenance: Provenance

  init(_ stream: ByteStream, provenance: Provenance, path: String?, sizeLimit: Int) {
    self.stream = stream
    self.provenance = provenance
    self.sizeLimit = sizeLimit
    names = path?.split(separator: ".").map(String.init) ?? []
    stream.skipByteOrderMark()
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

  /// Begins an array, or visits what is none; `nil` when there is no result yet.
  private func enter(
    _ value: JSONValue, _ path: String, _ depth: Int, _ inherited: JSONObject
  ) -> Result<Record, IngestError>? {
    guard case .array(let elements) = value else { return visit(value, path, depth, inherited) }
    levels.append(Level(elements: elements[...], inherited: inherited, path: path, depth: depth))
    return nil
  }

  /// Takes a record, or follows the path's next name.
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
  /// The place of a byte in words: its line, and its position in the line.
  fileprivate func place(of offset: Int) -> String {
    let before = self[..<offset]
    let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return "at line \(line), byte \(offset - lineStart + 1)"
  }
}
