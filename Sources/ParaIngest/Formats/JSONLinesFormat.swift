internal import Foundation
internal import ParaArchives
internal import ParaJSON

extension InputFormat {
  /// JSON Lines: one JSON object on each line, such as OpenAI batch files.
  public static let jsonLines = InputFormat(
    name: "jsonl", title: "JSON Lines",
    recognize: { sample in
      guard !sample.isUTF16, let first = sample.content.first, first != UInt8(ascii: "<") else {
        return .noMatch
      }
      if sample.nameHasExtension(["jsonl", "ndjson"]) { return .match }
      return JSONLayout(sample) == .lines ? .match : .noMatch
    },
    open: JSONLinesSource.init)
}

/// How JSON text is laid out, as far as its beginning shows.
enum JSONLayout {
  /// An object on each line.
  case lines
  /// One value over the whole text.
  case document
  /// It begins like JSON and is not.
  case invalid

  /// The layout by the first line: a complete value, or the beginning of one. Nil for text that does not
  /// begin like an array or object.
  init?(_ sample: ContentSample) {
    let content = sample.content
    guard let first = content.first, [UInt8(ascii: "["), UInt8(ascii: "{")].contains(first) else {
      return nil
    }
    let isArray = first == UInt8(ascii: "[")
    let isNamedDocument = sample.nameHasExtension(["json"])
    if sample.hasRecordPath {
      self = .document
      return
    }
    guard let lineEnd = content.indexOfLineFeed(from: 0) ?? (sample.isWhole ? content.count : nil)
    else {
      // One long line.
      self = isArray || isNamedDocument ? .document : .lines
      return
    }
    do throws(JSONError) {
      _ = try JSONParser.parse(UnsafeRawBufferPointer(rebasing: content[..<lineEnd]))
      self = isArray ? .document : .lines
    } catch {
      if error.code == .unexpectedEnd || isNamedDocument {
        self = .document
      } else {
        self = sample.isChosen || error.code != .invalidSyntax ? .lines : .invalid
      }
    }
  }
}

/// The rows of JSON Lines: one object on each line; blank lines and a byte order mark are skipped.
private final class JSONLinesSource: RecordSource {
  private let stream: ByteStream
  private let lineLimit: Int
  private let member: Provenance
  private var line = 0

  init(_ context: SourceContext) {
    stream = context.stream
    lineLimit = context.limits.recordBytes
    member = context.provenance
    stream.skipByteOrderMark()
  }

  var provenance: Provenance {
    Provenance(file: member.file, member: member.member, location: .line(line))
  }

  func next() throws(ArchiveError) -> Result<Record, IngestError>? {
    while true {
      line += 1
      guard let length = try lineLength() else { return nil }
      if length > lineLimit {
        try skipLine()
        return .failure(tooLong)
      }
      let bytes = UnsafeRawBufferPointer(rebasing: stream.available[..<length])
      defer { stream.consume(min(length + 1, stream.available.count)) }
      if !bytes.isBlank { return record(bytes) }
    }
  }

  /// Makes the next line available. Its length without the line feed, or some length beyond the limit;
  /// nil at the end.
  private func lineLength() throws(ArchiveError) -> Int? {
    var searched = 0
    while true {
      if let length = stream.available.indexOfLineFeed(from: searched) { return length }
      searched = stream.available.count
      if searched > lineLimit { return searched }
      if try !stream.fill() { return searched == 0 ? nil : searched }
    }
  }

  private func skipLine() throws(ArchiveError) {
    while true {
      if let length = stream.available.indexOfLineFeed(from: 0) {
        return stream.consume(length + 1)
      }
      stream.consume(stream.available.count)
      if try !stream.fill() { return }
    }
  }

  private func record(_ bytes: UnsafeRawBufferPointer) -> Result<Record, IngestError> {
    do {
      let value = try JSONParser.parse(bytes)
      if case .object(let fields) = value {
        return .success(Record(provenance: provenance, fields: fields))
      }
      return .failure(
        IngestError(
          code: .notAnObject,
          message: "the line holds \(value.typeName); a row must be an object {…}",
          provenance: provenance))
    } catch {
      let place = "at byte \(error.offset + 1) of the line"
      return .failure(IngestError(error, place, at: provenance))
    }
  }

  private var tooLong: IngestError {
    IngestError(
      code: .recordTooLarge,
      message: "the line is longer than \(lineLimit) bytes; split it or raise the limit",
      provenance: provenance)
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var isBlank: Bool {
    allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
  }

  func indexOfLineFeed(from start: Int) -> Int? {
    guard start < count, let base = baseAddress,
      let found = memchr(base + start, 0x0A, count - start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }
}
