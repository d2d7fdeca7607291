internal import Foundation
internal import ParaArchives
internal import ParaJSON

/// Rows of JSON Lines: one object on each line, with blank lines and a byte order mark passed over.
final class JSONLinesSource: RecordSource {
  private let stream: ByteStream
  private let lineLimit: Int
  private let member: Provenance
  private var line = 0

  init(_ stream: ByteStream, provenance: Provenance, lineLimit: Int) {
    self.stream = stream
    self.lineLimit = lineLimit
    member = provenance
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

  /// The number of bytes before the next line feed or the end, once these are available, or some
  /// number beyond the limit; `nil` at the end.
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

extension ByteStream {
  /// UTF-8's, which must be available already if it is there.
  func skipByteOrderMark() {
    if available.starts(with: [0xEF, 0xBB, 0xBF]) { consume(3) }
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
