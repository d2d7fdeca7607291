/// What stages hand to one another: a value that carries a known number of rows.
///
/// ``Row`` carries one row and ``Batch`` several; other types may conform. The number of rows lets
/// every stage be checked for lost rows.
public protocol Payload: Sendable {
  /// How many rows of the job this value carries.
  var rowCount: Int { get }
}

/// A row that has not failed: its value at this point of the pipeline, and where it came from.
public struct Row<Value: Sendable>: Payload {
  public let origin: RowOrigin
  public let value: Value

  public var rowCount: Int { 1 }

  public init(_ value: Value, origin: RowOrigin) {
    self.value = value
    self.origin = origin
  }

  /// The same row with another value.
  public func map<Result>(_ transform: (Value) throws -> Result) rethrows -> Row<Result> {
    Row<Result>(try transform(value), origin: origin)
  }
}

extension Row: Equatable where Value: Equatable {}

/// Rows that move through the pipeline as one value.
public struct Batch<Value: Sendable>: Payload {
  public let rows: [Row<Value>]

  public var rowCount: Int { rows.count }

  public init(_ rows: [Row<Value>]) {
    self.rows = rows
  }
}

extension Batch: Equatable where Value: Equatable {}

/// A row's number in the job, and where it was read.
///
/// It stays with the row from source to sink, so that every error can name the user's own file and
/// line.
public struct RowOrigin: Sendable, Hashable {
  /// Position in the job's input order, from 0; unique within a job.
  public let number: Int
  /// The file's path, from the folder in which the program runs.
  public let file: String
  /// The member's name when `file` is an archive.
  public let member: String?
  /// The place inside the file or member, in words: "line 17", "line 12, /rows/row[3]", a path in a JSON
  /// document, or "whole".
  public let location: String
  /// The user's own identifier of the row, as text, when the job asks for it.
  public let id: String?

  public init(
    number: Int, file: String, member: String? = nil, location: String, id: String? = nil
  ) {
    self.number = number
    self.file = file
    self.member = member
    self.location = location
    self.id = id
  }
}

extension RowOrigin: Encodable {
  private enum Key: String, CodingKey {
    case row, id, file, member, location
  }

  /// The members that lines of `predictions.jsonl` and `errors.jsonl` share; `id` and `member` only where
  /// there is one.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(number, forKey: .row)
    try container.encodeIfPresent(id, forKey: .id)
    try container.encode(file, forKey: .file)
    try container.encodeIfPresent(member, forKey: .member)
    try container.encode(location, forKey: .location)
  }
}

extension RowOrigin: CustomStringConvertible {
  /// For example "data.zip, member dev.jsonl, line 17".
  public var description: String {
    [file, member.map { "member \($0)" }, location].compactMap(\.self).joined(separator: ", ")
  }
}
