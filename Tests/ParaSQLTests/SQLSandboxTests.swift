import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaSQL

@Suite struct SQLSandboxTests {
  private func rows(_ query: String, limits: SQLSandbox.Limits = .init()) throws -> [[SQLValue]] {
    let table = SQLTable(
      name: "odd \"name\"", columns: [.init(name: "a b"), .init(name: "c\"d", type: "real")],
      rows: [[.text("x"), .integer(2)], [.null, .real(0.5)]])
    return try SQLSandbox([table], limits: limits).rows(of: query)
  }

  @Test func namesAndValuesStayAsTheyAre() throws {
    let found = try rows("SELECT \"a b\", \"c\"\"d\" FROM \"odd \"\"name\"\"\"")
    #expect(found == [[.text("x"), .integer(2)], [.null, .real(0.5)]])
    #expect(
      try rows("SELECT x'00ff', 1e300, -9223372036854775808")
        == [[.blob([0, 255]), .real(1e300), .integer(.min)]])
  }

  @Test(arguments: [
    "ATTACH '/tmp/para-sandbox-test.sqlite' AS other",
    "VACUUM INTO '/tmp/para-sandbox-test.sqlite'",
    "CREATE TABLE t (a)", "DROP TABLE \"odd \"\"name\"\"\"", "PRAGMA query_only = OFF",
    "SELECT load_extension('libm')", "SELECT readfile('/etc/passwd')", "BEGIN", "EXPLAIN SELECT 1",
    "SELECT writefile('/tmp/para-sandbox-test.sqlite', 'x')",
    "WITH x AS (SELECT 1) INSERT INTO \"odd \"\"name\"\"\" SELECT 1, 2",
    "SELECT randomblob(2000000)", "SELECT replace(hex(zeroblob(400000)), '0', '000000000')",
  ])
  func queriesReachNothingElse(query: String) {
    let error = #expect(throws: SQLError.self) { try rows(query) }
    #expect(error?.code == .query)
    #expect(!FileManager.default.fileExists(atPath: "/tmp/para-sandbox-test.sqlite"))
  }

  private static let endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "

  @Test func endlessQueriesEnd() throws {
    let steps = #expect(throws: SQLError.self) { try rows(Self.endless + "max(i) FROM n") }
    #expect(steps?.code == .limit)
    #expect(steps?.message == "The query takes too many steps.")
    let many = #expect(throws: SQLError.self) { try rows(Self.endless + "i FROM n") }
    #expect(many?.message == "The query gives more than 100000 rows.")
    var limits = SQLSandbox.Limits()
    limits.steps = .max
    limits.time = .milliseconds(20)
    let late = #expect(throws: SQLError.self) {
      try rows(Self.endless + "max(i) FROM n", limits: limits)
    }
    #expect(late?.code == .limit)
  }

  @Test func memoryIsLimited() {
    // Each row keeps a megabyte for the sort.
    let error = #expect(throws: SQLError.self) {
      try rows(Self.endless + "randomblob(1000000) AS b FROM n ORDER BY b")
    }
    #expect(error != nil)
  }

  @Test func aQueryAfterAFailedOneRuns() throws {
    let sandbox = try SQLSandbox([])
    #expect(throws: SQLError.self) { try sandbox.rows(of: Self.endless + "max(i) FROM n") }
    #expect(try sandbox.rows(of: "SELECT 1") == [[.integer(1)]])
  }
}

@Suite struct SQLTableTests {
  private func table(_ json: String) throws -> SQLTable { try SQLTable(JSONParser.parse(json)) }

  @Test func tablesAreReadInEachForm() throws {
    let wikiSQL = try table(
      #"{"id": "1-2", "header": ["A", "B"], "types": ["text", "real"], "rows": [["x", 1.5], ["y", null]]}"#
    )
    #expect(wikiSQL.name == "1-2")
    #expect(wikiSQL.columns == [.init(name: "A", type: "text"), .init(name: "B", type: "real")])
    #expect(wikiSQL.rows == [[.text("x"), .real(1.5)], [.text("y"), .null]])
    let objects = try table(
      #"{"columns": ["A", {"name": "B", "type": "int"}], "rows": [{"B": 1, "A": true}, {}]}"#)
    #expect(objects.name == "data")
    #expect(objects.columns == [.init(name: "A"), .init(name: "B", type: "int")])
    #expect(objects.rows == [[.integer(1), .integer(1)], [.null, .null]])
  }

  @Test(arguments: [
    ("[]", "A table is an array; an object is needed."),
    (#"{"rows": []}"#, "A table needs a list 'columns' (or 'header')."),
    (#"{"columns": ["a"]}"#, "A table needs a list 'rows'."),
    (#"{"columns": ["a"], "rows": [[1, 2]]}"#, "Row 0 of the table 'data' needs 1 values."),
    (
      #"{"columns": ["a"], "types": [], "rows": []}"#,
      "'types' of the table 'data' needs a text for each column."
    ),
    (#"{"columns": [1], "rows": []}"#, "In a table a column's name is a number; a text is needed."),
    (
      #"{"columns": ["a"], "rows": [[[]]]}"#, "A table has an array as a value; write it as a text."
    ),
    (
      #"{"columns": ["a"], "rows": [[99999999999999999999]]}"#,
      "A table has the number 99999999999999999999, beyond SQLite's 64 bits; write it as a text."
    ),
  ])
  func whatIsNoTableIsRefused(json: String, message: String) {
    let error = #expect(throws: SQLError.self) { try table(json) }
    #expect(error?.code == .table)
    #expect(error?.message == message)
  }

  @Test func tablesOfOneNameAreRefused() {
    let table = SQLTable(name: "t", columns: [.init(name: "a")], rows: [])
    let error = #expect(throws: SQLError.self) { try SQLSandbox([table, table]) }
    #expect(
      error?.message == "The row's tables cannot be set up: table \"t\" already exists.")
  }
}

@Suite struct WikiSQLQueryTests {
  /// Each logical form of the development set is one, on tables of its shape.
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data/wikisql"))
  func everyLogicalFormRuns() throws {
    let columns = (0..<50).map {
      SQLTable.Column(name: "c \($0)", type: $0 % 2 == 0 ? "text" : "real")
    }
    let table = SQLTable(name: "t", columns: columns, rows: [columns.map { _ in .text("x") }])
    let sandbox = try SQLSandbox([table])
    let file = SharedData.url("wikisql/dev.jsonl")
    var count = 0
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      guard case .object(let row) = try JSONParser.parse(String(line)), let form = row["sql"] else {
        continue
      }
      let query = try #require(WikiSQLQuery(form.description), "\(line)")
      do { _ = try query.rows(in: sandbox, table) } catch {
        // Columns here are not the set's own: some texts are compared with numbers.
        #expect(error.message.hasSuffix("with no number."), "\(line)")
      }
      count += 1
    }
    #expect(count == 8421)
  }
}
