import Foundation
import ParaCheckpoints
import ParaIngest
import ParaJSON
import ParaReports

/// A file of records, which may be compressed or an archive, read to its end.
struct InputReport: InspectionReport {
  var kind = InspectedKind.input
  var path: String
  var byteCount: Int
  var sha256: String
  var records = 0
  /// Rows that cannot be read.
  var failures = 0
  var firstFailure: String?
  /// Archive members that hold records, in order.
  var members: [String] = []
  var skippedMembers = 0
  /// How many records have each field, by its name.
  var fields: [String: Int] = [:]

  /// - Throws: `IngestError` if nothing can be read at all.
  init(_ path: String) throws {
    self.path = path
    let url = URL(filePath: path)
    byteCount = try ByteCount(file: path).bytes
    sha256 = try ContentHash.of(file: url)
    var reader = try RecordReader(InputFile(url))
    var first: IngestError?
    while let row = reader.next() {
      switch row {
      case .success(let record): count(record)
      case .failure(let error):
        failures += 1
        first = first ?? error
      }
    }
    if records == 0, let first { throw first }
    firstFailure = first?.description
    skippedMembers = reader.skippedMemberCount
  }

  private mutating func count(_ record: Record) {
    records += 1
    if let member = record.provenance.member, members.last != member { members.append(member) }
    for name in record.fields.keys { fields[name, default: 0] += 1 }
  }

  var fits: Bool? { nil }
  /// Rows that cannot be read do not keep the others from running.
  var problem: String? { nil }

  var lines: [ReportLine] {
    var lines = [
      ReportLine("input", path),
      ReportLine("records", records.grouped),
      ReportLine("fields", fieldsText),
      ReportLine("size", ByteCount(byteCount).text),
      ReportLine("sha256", sha256),
    ]
    if !members.isEmpty { lines.append(ReportLine("members", members.joined(separator: ", "))) }
    if skippedMembers > 0 {
      lines.append(
        ReportLine("skipped", skippedMembers == 1 ? "1 member" : "\(skippedMembers) members"))
    }
    if let firstFailure {
      lines.append(
        ReportLine("unreadable", "\(failures.grouped), the first at \(firstFailure)"))
    }
    return lines
  }

  /// Names in order; for a field that some records lack, with the number of those that have it.
  private var fieldsText: String {
    fields.sorted { $0.key < $1.key }.map { name, count in
      count == records ? name : "\(name) (in \(count.grouped))"
    }.joined(separator: ", ")
  }
}
