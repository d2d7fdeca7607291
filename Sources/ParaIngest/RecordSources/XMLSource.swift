internal import ParaArchives
internal import ParaMarkup

/// The elements of one name, or the children of the root, as records.
final class XMLSource: RecordSource {
  private let recordName: String?
  private let sizeLimit: Int
  private let member: Provenance
  private let reader: MarkupReader
  private var path = ElementPath()
  private var foundRecord = false
  private var isAtEnd = false

  init(_ stream: ByteStream, provenance: Provenance, records: String?, sizeLimit: Int) {
    recordName = records
    self.sizeLimit = sizeLimit
    member = provenance
    reader = MarkupReader { buffer in
      if stream.available.isEmpty, try !stream.fill() { return 0 }
      let count = min(buffer.count, stream.available.count)
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: stream.available[..<count]))
      stream.consume(count)
      return count
    }
  }

  var provenance: Provenance {
    Provenance(file: member.file, member: member.member, location: .line(reader.line))
  }

  func next() throws(ArchiveError) -> Result<Record, IngestError>? {
    if isAtEnd { return nil }
    do {
      while let event = try reader.next() {
        guard case .start(let name, let attributes) = event else {
          if event == .end { path.leave() }
          continue
        }
        path.enter(name)
        if recordName.map({ $0 == name }) ?? (path.depth == 2) {
          foundRecord = true
          return try record(name, attributes)
        }
      }
      isAtEnd = true
      return foundRecord ? nil : notFound.map { .failure($0) }
    } catch let error as ArchiveError {
      throw error
    } catch {
      isAtEnd = true
      return failure(error)
    }
  }

  private func failure(_ error: any Error) -> Result<Record, IngestError> {
    if let error = error as? MarkupError { return .failure(IngestError(error, at: member)) }
    return .failure(IngestError(code: .invalidXML, message: "\(error)", provenance: provenance))
  }

  /// Reads the rest of the record that begins here.
  private func record(_ name: String, _ attributes: [MarkupAttribute]) throws
    -> Result<Record, IngestError>
  {
    let place = Provenance(
      file: member.file, member: member.member,
      location: .element(path: path.description, line: reader.line))
    var builder = ElementBuilder(attributes, sizeLimit: sizeLimit)
    while !builder.isComplete, let event = try reader.next() { builder.add(event) }
    path.leave()
    switch builder.fields() {
    case .success(let fields): return .success(Record(provenance: place, fields: fields))
    case .failure(let fault): return .failure(fault.error(at: place))
    }
  }

  private var notFound: IngestError? {
    guard let recordName else { return nil }
    return IngestError(
      code: .recordsNotFound,
      message: "the document has no element <\(recordName)>, which were to be the records",
      provenance: member)
  }
}
