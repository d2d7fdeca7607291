public import ParaJSON

/// A table that a row's queries are about.
public struct SQLTable: Sendable, Hashable {
  public struct Column: Sendable, Hashable {
    public var name: String
    /// SQLite's type name, such as `text` or `real`; empty: values keep their own types.
    public var type: String

    public init(name: String, type: String = "") {
      self.name = name
      self.type = type
    }
  }

  public var name: String
  public var columns: [Column]
  /// Each has a value for each column.
  public var rows: [[SQLValue]]

  public init(name: String, columns: [Column], rows: [[SQLValue]]) {
    self.name = name
    self.columns = columns
    self.rows = rows
  }
}

/// What SQLite stores and computes. Numbers are equal by value: a real that is whole is an `integer`.
public enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  /// The same with text in lower case.
  package var lowercased: SQLValue {
    if case .text(let text) = self { .text(text.lowercased()) } else { self }
  }
}

extension SQLTable {
  /// Reads `{"name", "columns", "types", "rows"}`, or WikiSQL's `{"id", "header", "types", "rows"}`. Columns
  /// are names or `{"name", "type"}`; types may be left out; rows are lists of values, or objects by
  /// column. Without a name the table is called `data`.
  ///
  /// - Throws: ``SQLError`` with the code `table`.
  public init(_ json: JSONValue) throws(SQLError) {
    guard case .object(let table) = json else {
      throw SQLError(.table, "A table is \(json.typeName); an object is needed.")
    }
    guard case .array(let columns)? = table["columns"] ?? table["header"] else {
      throw SQLError(.table, "A table needs a list 'columns' (or 'header').")
    }
    guard case .array(let rows)? = table["rows"] else {
      throw SQLError(.table, "A table needs a list 'rows'.")
    }
    let name = try Self.text(table["name"] ?? table["id"] ?? .string("data"), "the table's name")
    self.init(name: name, columns: [], rows: [])
    for column in columns { self.columns.append(try Self.column(column)) }
    try addTypes(table["types"])
    for (index, row) in rows.enumerated() { self.rows.append(try values(row, at: index)) }
  }

  private static func text(_ value: JSONValue, _ what: String) throws(SQLError) -> String {
    guard case .string(let text) = value else {
      throw SQLError(.table, "In a table \(what) is \(value.typeName); a text is needed.")
    }
    return text
  }

  private static func column(_ json: JSONValue) throws(SQLError) -> Column {
    guard case .object(let column) = json else {
      return Column(name: try text(json, "a column's name"))
    }
    return Column(
      name: try text(column["name"] ?? .null, "a column's name"),
      type: try text(column["type"] ?? .string(""), "a column's type"))
  }

  private mutating func addTypes(_ json: JSONValue?) throws(SQLError) {
    guard let json, json != .null else { return }
    guard case .array(let types) = json, types.count == columns.count else {
      throw SQLError(.table, "'types' of the table '\(name)' needs a text for each column.")
    }
    for (index, type) in types.enumerated() {
      columns[index].type = try Self.text(type, "a column's type")
    }
  }

  private func values(_ row: JSONValue, at index: Int) throws(SQLError) -> [SQLValue] {
    var values: [JSONValue] = []
    switch row {
    case .array(let elements): values = elements
    case .object(let object): values = columns.map { object[$0.name] ?? .null }
    default: break
    }
    guard values.count == columns.count else {
      throw SQLError(
        .table, "Row \(index) of the table '\(name)' needs \(columns.count) values.")
    }
    var found: [SQLValue] = []
    for value in values { found.append(try SQLValue(value)) }
    return found
  }
}

extension SQLValue {
  fileprivate init(_ json: JSONValue) throws(SQLError) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .integer(value ? 1 : 0)
    case .integer(let value): self = .integer(value)
    case .double(let value): self = .real(value)
    case .string(let text): self = .text(text)
    case .bigInteger(let digits):
      throw SQLError(
        .table, "A table has the number \(digits), beyond SQLite's 64 bits; write it as a text.")
    case .array, .object:
      throw SQLError(.table, "A table has \(json.typeName) as a value; write it as a text.")
    }
  }
}

extension String {
  /// As a name in SQL.
  var quotedForSQL: String {
    let parts = unicodeScalars.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"" + parts.map { String($0) }.joined(separator: "\"\"") + "\""
  }
}

/// Why a table or a query cannot be used.
public struct SQLError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// A row's table is not one.
    case table
    /// SQLite refuses the query, or it is none that only reads.
    case query
    /// The query takes too long, or gives too many rows.
    case limit
  }

  public let code: Code
  public let message: String

  public var description: String { message }

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
