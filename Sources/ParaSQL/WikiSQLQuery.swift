internal import ParaJSON

/// A query in WikiSQL's logical form: `{"sel": 3, "agg": 0, "conds": [[5, 0, "Butler CC (KS)"]]}`, about one
/// table, with texts compared without case.
package struct WikiSQLQuery {
  private static let aggregates = ["", "MAX", "MIN", "COUNT", "SUM", "AVG"]
  private static let operators = ["=", ">", "<"]

  private let column: Int
  private let aggregate: Int
  private let conditions: [(column: Int, comparison: Int, value: JSONValue)]

  /// Nil if the text is no logical form.
  package init?(_ text: String) {
    guard text.utf8.first(where: { $0 > UInt8(ascii: " ") }) == UInt8(ascii: "{"),
      case .object(let form) = try? JSONParser.parse(text), let column = form["sel"]?.intValue,
      let aggregate = form["agg"]?.intValue, case .array(let conditions)? = form["conds"]
    else { return nil }
    self.column = column
    self.aggregate = aggregate
    var found: [(Int, Int, JSONValue)] = []
    for condition in conditions {
      guard case .array(let parts) = condition, parts.count == 3, let column = parts[0].intValue,
        let comparison = parts[1].intValue
      else { return nil }
      found.append((column, comparison, parts[2]))
    }
    self.conditions = found
  }

  /// The rows that the query finds.
  ///
  /// - Throws: ``SQLError`` with the code `query` for columns and operators that there are not.
  package func rows(in sandbox: SQLSandbox, _ table: SQLTable) throws(SQLError) -> [[SQLValue]] {
    guard Self.aggregates.indices.contains(aggregate) else {
      throw SQLError(.query, "The logical form's aggregate \(aggregate) is not known.")
    }
    var wanted = try operand(column, table)
    if aggregate > 0 { wanted = "\(Self.aggregates[aggregate])(\(wanted))" }
    var tests: [String] = []
    var values: [SQLValue] = []
    for condition in conditions {
      guard Self.operators.indices.contains(condition.comparison) else {
        throw SQLError(.query, "The logical form's operator \(condition.comparison) is not known.")
      }
      let operand = try operand(condition.column, table)
      tests.append("\(operand) \(Self.operators[condition.comparison]) ?")
      values.append(try value(condition.value, of: table.columns[condition.column]))
    }
    let filter = tests.isEmpty ? "" : " WHERE " + tests.joined(separator: " AND ")
    return try sandbox.rows(
      of: "SELECT \(wanted) FROM \(table.name.quotedForSQL)\(filter)", arguments: values)
  }

  private func operand(_ index: Int, _ table: SQLTable) throws(SQLError) -> String {
    guard table.columns.indices.contains(index) else {
      throw SQLError(
        .query, "The logical form's column \(index) is none of \(table.columns.count).")
    }
    let column = table.columns[index]
    return column.isReal ? column.name.quotedForSQL : "lowercase(\(column.name.quotedForSQL))"
  }

  /// As in the official evaluation: a text that is compared with a number is read as one, its commas
  /// dropped, or else the first number in it.
  private func value(
    _ json: JSONValue, of column: SQLTable.Column
  ) throws(SQLError) -> SQLValue {
    guard case .string(let text) = json else {
      guard let number = json.doubleValue else {
        throw SQLError(.query, "A condition of the logical form is neither a text nor a number.")
      }
      return column.isReal ? .real(number) : .text(json.description.lowercased())
    }
    guard column.isReal else { return .text(text.lowercased()) }
    let plain = text.filter { $0 != "," }
    guard let number = Double(plain) ?? Self.firstNumber(plain) else {
      throw SQLError(
        .query, "The logical form compares the column '\(column.name)' with no number.")
    }
    return .real(number)
  }

  private static func firstNumber(_ text: String) -> Double? {
    text.firstMatch(of: /[-+]?\d*\.\d+|\d+/).flatMap { Double($0.output) }
  }
}

extension SQLTable.Column {
  fileprivate var isReal: Bool { type.lowercased() == "real" }
}
