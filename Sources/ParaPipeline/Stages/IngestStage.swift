import Foundation
public import Logging
public import ParaDecoding
public import ParaFlow
public import ParaIngest
public import ParaJSON
public import ParaJobs
import ParaPrompts

/// A record, and what the job asks to be done with it.
public struct SourceRow: Sendable {
  public var fields: JSONObject
  /// The task's name in the job.
  public var task: String
  /// The adapter's name in the job; nil for the bare model.
  public var adapter: String?
  public var generation: GenerationSettings
  /// The record's number among those of its task, from 0.
  public var record = 0

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

/// Reads the records in order that a job evaluates, and sends each once per adapter it is to run with.
///
/// A record that cannot be read is one failed row, whatever the number of adapters. Archive members
/// that are not inputs are skipped and logged.
public func ingest(
  _ job: Job, progress: IngestProgress? = nil, log: Logger = Logger(label: "para")
) -> Flow<Row<SourceRow>> {
  Flow("ingest", capacity: 256) { output in
    var number = 0
    var records: [String: Int] = [:]
    for (index, input) in job.inputs.enumerated() where job.evaluates(input) {
      var reader = try RecordReader(InputFile(input))
      while let result = reader.next() {
        switch result {
        case .success(let record):
          defer { records[input.task, default: 0] += 1 }
          for (row, origin) in input.rows(of: record, from: &number) {
            do {
              var row = try row.get()
              row.record = records[input.task] ?? 0
              try output.send(Row(row, origin: origin))
            } catch let error as RequestError {
              try output.fail(origin, error)
            }
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
  /// The rows that a record becomes, one per adapter, numbered from `number`; one failed row if the record does not say
  /// which adapter or has an unusable id.
  func rows(
    of record: Record, from number: inout Int
  ) -> [(Result<SourceRow, RequestError>, RowOrigin)] {
    var id: String?
    do throws(RequestError) {
      id = try self.id(of: record)
      let id = id
      return try adapters(of: record).map { adapter in
        defer { number += 1 }
        let row = SourceRow(
          fields: record.fields, task: task, adapter: adapter, generation: generation)
        return (.success(row), RowOrigin(number, record.provenance, id: id))
      }
    } catch {
      defer { number += 1 }
      return [(.failure(error), RowOrigin(number, record.provenance, id: id))]
    }
  }

  private func id(of record: Record) throws(RequestError) -> String? {
    guard let id, let value = FieldPath(id).find(in: record.fields), value != .null else {
      return nil
    }
    guard let text = value.scalarText else {
      throw RequestError.unusableName("id", in: id, kind: value.typeName)
    }
    return text
  }

  private func adapters(of record: Record) throws(RequestError) -> [String?] {
    guard case .field(let field, let missing) = adapters else {
      if case .each(let names) = adapters { return names }
      return []
    }
    guard let value = FieldPath(field).find(in: record.fields), value != .null else {
      guard case .takes(let name) = missing else { throw RequestError.missingAdapter(field: field) }
      return [name]
    }
    guard let name = value.scalarText else {
      throw RequestError.unusableName("adapter", in: field, kind: value.typeName)
    }
    return [name == Job.Adapter.noneName ? nil : name]
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
