internal import ParaSQL

extension MetricDefinition {
  /// Whether a query finds what the reference finds in the row's tables: the same rows, as often, and in the
  /// same order where the reference orders them. Columns' names do not count; numbers are equal by value.
  ///
  /// Queries are SQLite's, or WikiSQL's logical forms, which know no case. A prediction that fails is
  /// wrong; a reference that fails is an error of the row.
  static let sqlExecution = MetricDefinition("sql_execution", of: .texts, isBinary: true) { _ in
    { outcome throws(ScoringError) in
      guard let (predictions, references) = try outcome.labelledTexts("sql_execution") else {
        return nil
      }
      let row = try SQLRow(outcome.tables)
      var expected: [SQLAnswer] = []
      for reference in references { expected.append(try row.expected(reference)) }
      let right = predictions.count { prediction in
        expected.contains { row.finds($0, by: prediction) }
      }
      return .number(Double(right) / Double(predictions.count))
    }
  }
}

/// What a reference finds.
private struct SQLAnswer {
  let rows: [[SQLValue]]
  let isOrdered: Bool
  let ignoresCase: Bool

  func equals(_ other: [[SQLValue]], ignoringCase: Bool) -> Bool {
    let lowers = ignoresCase || ignoringCase
    let left = lowers ? rows.map { $0.map(\.lowercased) } : rows
    let right = lowers ? other.map { $0.map(\.lowercased) } : other
    return isOrdered ? left == right : Self.occurrences(left) == Self.occurrences(right)
  }

  private static func occurrences(_ rows: [[SQLValue]]) -> [[SQLValue]: Int] {
    rows.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}

/// A row's tables, ready for queries.
private struct SQLRow {
  private let sandbox: SQLSandbox
  private let tables: [SQLTable]

  init(_ tables: [SQLTable]) throws(ScoringError) {
    guard !tables.isEmpty else {
      throw ScoringError(
        .unusableRow, "sql_execution needs the tables that the row's queries are about.")
    }
    self.tables = tables
    do { sandbox = try SQLSandbox(tables) } catch {
      throw ScoringError(.unusableRow, error.message)
    }
  }

  func expected(_ query: String) throws(ScoringError) -> SQLAnswer {
    do {
      let (rows, ignoresCase) = try rows(of: query)
      return SQLAnswer(
        rows: rows, isOrdered: SQLStatement(query).isOrdered, ignoresCase: ignoresCase)
    } catch {
      throw ScoringError(.unusableRow, "The reference of sql_execution: \(error.message)")
    }
  }

  func finds(_ answer: SQLAnswer, by query: String) -> Bool {
    guard let (rows, ignoresCase) = try? rows(of: query) else { return false }
    return answer.equals(rows, ignoringCase: ignoresCase)
  }

  private func rows(of query: String) throws(SQLError) -> ([[SQLValue]], ignoresCase: Bool) {
    if let form = WikiSQLQuery(query) { return (try form.rows(in: sandbox, tables[0]), true) }
    return (try sandbox.rows(of: query), false)
  }
}
