internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// A database in memory with a row's tables, on which queries of unknown origin run.
///
/// Queries can only read; they reach no file; and their steps, time, memory and rows are limited. Steps come
/// first, so that the same query has the same end on every machine. As SQLite itself does, it takes a text
/// in double quotes that names no column for a text.
package final class SQLSandbox {
  /// What a query may take.
  package struct Limits: Sendable {
    /// Of SQLite's virtual machine; ten million are some tenths of a second.
    package var steps = 10_000_000
    package var time: Duration = .seconds(5)
    package var rows = 100_000

    package init() {}
  }

  private let queue: DatabaseQueue
  private let limits: Limits

  /// - Throws: ``SQLError`` with the code `table` for names that occur twice and the like.
  package init(_ tables: [SQLTable], limits: Limits = Limits()) throws(SQLError) {
    self.limits = limits
    _ = Self.memoryLimit
    do {
      var configuration = Configuration()
      configuration.acceptsDoubleQuotedStringLiterals = true
      configuration.prepareDatabase { database in
        database.add(function: Self.lowercase)
        try database.execute(sql: "PRAGMA temp_store = MEMORY")
        Self.restrict(database.sqliteConnection)
      }
      queue = try DatabaseQueue(configuration: configuration)
      try queue.inDatabase { database in
        for table in tables { try table.create(in: database) }
        try database.execute(sql: "PRAGMA query_only = ON")
      }
    } catch {
      throw SQLError(.table, "The row's tables cannot be set up: \(Self.reason(error)).")
    }
  }

  /// The rows of a query, in its order.
  ///
  /// - Throws: ``SQLError`` with the code `query` or `limit`.
  package func rows(
    of query: String, arguments: [SQLValue] = []
  ) throws(SQLError) -> [[SQLValue]] {
    do {
      return try queue.inDatabase { database in
        let budget = Budget(limits)
        return try budget.watching(database.sqliteConnection) {
          try read(query, arguments, database)
        }
      }
    } catch let error as SQLError {
      throw error
    } catch {
      let isInterrupted = (error as? DatabaseError)?.resultCode == .SQLITE_INTERRUPT
      throw isInterrupted
        ? SQLError(.limit, "The query takes too many steps.")
        : SQLError(.query, "The query cannot run: \(Self.reason(error)).")
    }
  }

  private func read(
    _ query: String, _ arguments: [SQLValue], _ database: Database
  ) throws -> [[SQLValue]] {
    let statement = try database.makeStatement(sql: query)
    guard statement.isReadonly, statement.columnCount > 0, Self.selects(query) else {
      throw SQLError(.query, "The query does something else than SELECT.")
    }
    statement.arguments = StatementArguments(arguments.map(\.databaseValue))
    var rows: [[SQLValue]] = []
    let cursor = try Row.fetchCursor(statement)
    while let row = try cursor.next() {
      guard rows.count < limits.rows else {
        throw SQLError(.limit, "The query gives more than \(limits.rows) rows.")
      }
      rows.append(row.databaseValues.map(SQLValue.init))
    }
    return rows
  }

  /// Whether a statement is a query: PRAGMA and EXPLAIN only read, too. Comments may stand before it.
  private static func selects(_ query: String) -> Bool {
    var text = query[...]
    while true {
      text = text.drop(while: \.isWhitespace)
      if text.hasPrefix("--") {
        text = text.drop { !$0.isNewline }
      } else if text.hasPrefix("/*") {
        guard let end = text.firstRange(of: "*/") else { return false }
        text = text[end.upperBound...]
      } else {
        let word = text.prefix { $0.isLetter }.lowercased()
        return ["select", "with", "values"].contains(word)
      }
    }
  }

  /// For logical forms, which know no case.
  private static let lowercase = DatabaseFunction("lowercase", argumentCount: 1, pure: true) {
    let value = $0[0]
    return String.fromDatabaseValue(value)?.lowercased().databaseValue ?? value
  }

  private static func restrict(_ connection: SQLiteConnection?) {
    // Without attached databases there is no way to a file, by VACUUM INTO neither.
    for (limit, value): (Int32, Int32) in [
      (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_LENGTH, 1_000_000),
      (SQLITE_LIMIT_SQL_LENGTH, 100_000), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100),
      (SQLITE_LIMIT_EXPR_DEPTH, 200), (SQLITE_LIMIT_COMPOUND_SELECT, 100),
    ] { sqlite3_limit(connection, limit, value) }
  }

  /// Of SQLite in the whole process; a query that needs more fails.
  private static let memoryLimit = sqlite3_hard_heap_limit64(1 << 30)

  private static func reason(_ error: any Error) -> String {
    (error as? DatabaseError)?.message ?? "\(error)"
  }
}

/// What is left of a query's limits; SQLite asks every hundred steps.
private final class Budget {
  private static let interval: Int32 = 100
  private var steps: Int
  private let deadline: ContinuousClock.Instant

  init(_ limits: SQLSandbox.Limits) {
    steps = limits.steps
    deadline = .now + limits.time
  }

  func watching<Value>(_ connection: SQLiteConnection?, _ body: () throws -> Value) rethrows
    -> Value
  {
    let pointer = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_progress_handler(
      connection, Self.interval,
      { pointer in
        guard let pointer else { return 1 }
        return Unmanaged<Budget>.fromOpaque(pointer).takeUnretainedValue().isSpent ? 1 : 0
      }, pointer)
    defer { sqlite3_progress_handler(connection, 0, nil, nil) }
    return try withExtendedLifetime(self, body)
  }

  private var isSpent: Bool {
    steps -= Int(Self.interval)
    return steps <= 0 || ContinuousClock.now > deadline
  }
}

extension SQLTable {
  fileprivate func create(in database: Database) throws {
    let columns = self.columns.map { column in
      column.type.isEmpty
        ? column.name.quotedForSQL
        : "\(column.name.quotedForSQL) \(column.type.quotedForSQL)"
    }
    try database.execute(
      sql: "CREATE TABLE \(name.quotedForSQL) (\(columns.joined(separator: ", ")))")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    let insertion = try database.makeStatement(
      sql: "INSERT INTO \(name.quotedForSQL) VALUES (\(places))")
    for row in rows {
      try insertion.execute(arguments: StatementArguments(row.map(\.databaseValue)))
    }
  }
}

extension SQLValue {
  fileprivate init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let number): self = .integer(number)
    case .double(let number): self = Int64(exactly: number).map(SQLValue.integer) ?? .real(number)
    case .string(let text): self = .text(text)
    case .blob(let data): self = .blob(Array(data))
    }
  }

  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let number): number.databaseValue
    case .real(let number): number.databaseValue
    case .text(let text): text.databaseValue
    case .blob(let bytes): bytes.withUnsafeBytes { Data($0) }.databaseValue
    }
  }
}
