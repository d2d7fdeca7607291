import Foundation
import ParaIngest
import ParaJSON
import ParaTestSupport

/// The records, errors and skipped members of an input that is read to its end.
struct Rows {
  private(set) var records: [Record] = []
  private(set) var errors: [IngestError] = []
  private(set) var skipped: [SkippedMember] = []

  init(_ input: InputFile) throws {
    var reader = try RecordReader(input)
    while let row = reader.next() {
      switch row {
      case .success(let record): records.append(record)
      case .failure(let error): errors.append(error)
      }
    }
    skipped = reader.skippedMembers
  }

  /// Writes the bytes to a file and reads them. Provenances name the file without its folder.
  init(
    _ data: Data, name: String = "input", in folder: TemporaryFolder, format: InputFormat? = nil,
    members: String? = nil, records: String? = nil, limit: Int? = nil,
    limits: InputLimits = InputLimits()
  ) throws {
    _ = try folder.write(data, to: name)
    let base = URL(filePath: folder.url.path, directoryHint: .isDirectory)
    let url = URL(filePath: name, relativeTo: base)
    try self.init(
      InputFile(
        url, format: format, members: members, records: records, limit: limit, limits: limits))
  }

  init(
    _ text: String, name: String = "input", in folder: TemporaryFolder,
    format: InputFormat? = nil, records: String? = nil, limits: InputLimits = InputLimits()
  ) throws {
    try self.init(
      Data(text.utf8), name: name, in: folder, format: format, records: records, limits: limits)
  }

  var places: [String] { records.map(\.provenance.description) }
  var messages: [String] { errors.map(\.description) }

  /// One field of every record.
  func values(_ field: String) -> [JSONValue?] { records.map { $0.fields[field] } }
}
