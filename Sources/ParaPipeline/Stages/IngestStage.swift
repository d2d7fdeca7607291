import Foundation
public import Logging
public import ParaDecoding
public import ParaFlow
public import ParaIngest
public import ParaJSON
public import ParaJobs

/// A record, and what the job asks to be done with it.
public struct SourceRow: Sendable {
  public var fields: JSONObject
  /// The task's name in the job.
  public var task: String
  /// The adapter's name in the job; nil for the bare model.
  public var adapter: String?
  public var generation: GenerationSettings

  public init(
    fields: JSONObject, task: String, adapter: String? = nil,
    generation: GenerationSettings = GenerationSettings()
  ) {
    self.fields = fields
    self.task = task
    self.adapter = adapter
    self.generation = generation
  }
}

/// Reads the inputs' records in order, and sends each record once per adapter it is to run with.
///
/// A record that cannot be read is one failed row, whatever the number of adapters. Archive members
/// that are not inputs are skipped and logged.
public func ingest(
  _ inputs: [Job.Input], progress: IngestProgress? = nil, log: Logger = Logger(label: "para")
) -> Flow<Row<SourceRow>> {
  Flow("ingest", capacity: 256) { output in
    var number = 0
    for (index, input) in inputs.enumerated() {
      var reader = try RecordReader(InputFile(input))
      while let result = reader.next() {
        switch result {
        case .success(let record):
          for (row, origin) in input.rows(of: record, from: &number) {
            try output.send(Row(row, origin: origin))
          }
        case .failure(let error):
          try output.fail(RowOrigin(number, error.provenance, id: nil), error)
          number += 1
        }
        progress?.update(input: index, consumedBytes: reader.consumedBytes)
      }
      for member in reader.skippedMembers {
        log.log(
          level: member.reason == .unknownFormat ? .notice : .info,
          "skipped \(input.path)!\(member.name): \(member.reason)")
      }
    }
  }
}

extension IngestError: RowError {
  public var failureCode: String { code.rawValue }
  public var failureMessage: String { message }
}

extension InputFile {
  init(_ input: Job.Input) {
    self.init(
      URL(filePath: input.path), format: input.format.flatMap(InputFormat.init),
      members: input.members,
      records: input.records, limit: input.limit)
  }
}

extension Job.Input {
  /// The rows that a record becomes, one per adapter, numbered from `number`.
  func rows(of record: Record, from number: inout Int) -> [(SourceRow, RowOrigin)] {
    let id = id.flatMap { record.fields[$0] }.map(\.identifierText)
    return adapters(of: record).map { adapter in
      defer { number += 1 }
      let row = SourceRow(
        fields: record.fields, task: task, adapter: adapter, generation: generation)
      return (row, RowOrigin(number, record.provenance, id: id))
    }
  }

  private func adapters(of record: Record) -> [String?] {
    switch adapters {
    case .each(let names): return names
    case .field(let field):
      let name = record.fields[field].map(\.identifierText)
      return [name == Job.Adapter.noneName ? nil : name]
    }
  }
}

extension JSONValue {
  /// The value as an identifier: a string as it is, a number or truth value as JSON writes it.
  fileprivate var identifierText: String {
    switch self {
    case .string(let text): text
    case .integer(let value): String(value)
    case .double(let value): String(value)
    case .bigInteger: doubleValue.map { String($0) } ?? ""
    case .bool(let value): String(value)
    case .null, .array, .object: ""
    }
  }
}

extension RowOrigin {
  fileprivate init(_ number: Int, _ provenance: Provenance, id: String?) {
    let location: String =
      switch provenance.location {
      case .whole: "whole"
      case .line(let line): "line \(line)"
      case .element(let path, let line): "line \(line), \(path)"
      case .path(let path): path
      }
    self.init(
      number: number, file: provenance.file, member: provenance.member, location: location, id: id)
  }
}
