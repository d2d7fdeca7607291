internal import Foundation
internal import ParaArchives
internal import ParaMarkup

extension InputFormat {
  /// One XML document, in which the elements of one name are the records.
  public static let xml = InputFormat(
    name: "xml", title: "XML", recognize: recognizeXML, open: XMLSource.init)

  @Sendable private static func recognizeXML(_ sample: ContentSample) -> Recognition {
    if sample.isUTF16 {
      let isLittleEndian = sample.bytes.first == 0xFF
      let bracket: [UInt8] = isLittleEndian ? [0x3C, 0] : [0, 0x3C]
      return sample.bytes.dropFirst(2).starts(with: bracket) ? .match : .noMatch
    }
    guard sample.content.first == UInt8(ascii: "<") else { return .noMatch }
    return recognizeMarkup(String(decoding: sample.content, as: UTF8.self))
  }

  /// XML has a document type or root element after declarations and comments. DTDs have other
  /// declarations there, and HTML is rarely well-formed.
  private static func recognizeMarkup(_ markup: String) -> Recognition {
    var text = markup[...]
    while let end = ["<?": "?>", "<!--": "-->"].first(where: { text.hasPrefix($0.key) })?.value {
      // Only an XML prolog is longer than the sample.
      guard let range = text.range(of: end) else { return .match }
      text = text[range.upperBound...].drop(while: \.isWhitespace)
    }
    let lead = text.prefix(16).lowercased()
    if lead.hasPrefix("<!doctype html") || lead.hasPrefix("<html") {
      return .lookalike(actual: "HTML")
    }
    let isRoot = lead.dropFirst().first.map { $0.isLetter || $0 == "_" || $0 == ":" } ?? false
    return lead.hasPrefix("<!doctype") || (lead.hasPrefix("<") && isRoot)
      ? .match : .lookalike(actual: "markup that is no XML document")
  }
}

/// The elements of one name, or the children of the root, as records.
private final class XMLSource: RecordSource {
  private let recordName: String?
  private let sizeLimit: Int
  private let member: Provenance
  private let reader: MarkupReader
  private var path = ElementPath()
  private var foundRecord = false
  private var isAtEnd = false

  init(_ context: SourceContext) {
    recordName = context.records
    sizeLimit = context.limits.recordBytes
    member = context.provenance
    let stream = context.stream
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

  /// Reads the rest of the record whose start tag was read.
  private func record(_ name: String, _ attributes: [MarkupAttribute]) throws
    -> Result<Record, IngestError>
  {
    let place = Provenance(
      file: member.file, member: member.member,
      location: .element(path: path.description, line: reader.line))
    var builder = XMLElementBuilder(attributes, sizeLimit: sizeLimit)
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

/// The current position in an XML document, as an XPath with positions.
private struct ElementPath: CustomStringConvertible {
  private var steps: [String] = []
  /// The occurrences of each name among the children of the document and of every open element.
  private var counts: [[String: Int]] = [[:]]

  var depth: Int { steps.count }

  var description: String { "/" + steps.joined(separator: "/") }

  mutating func enter(_ name: String) {
    let position = counts[depth][name, default: 0] + 1
    counts[depth][name] = position
    steps.append(depth == 0 ? name : "\(name)[\(position)]")
    counts.append([:])
  }

  mutating func leave() {
    if steps.popLast() != nil { counts.removeLast() }
  }
}
