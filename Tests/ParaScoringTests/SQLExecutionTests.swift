import ParaJSON
import ParaSQL
import Testing

@testable import ParaScoring

@Suite struct SQLExecutionTests {
  private static let players = SQLTable(
    name: "players",
    columns: [
      .init(name: "Player", type: "text"), .init(name: "No.", type: "real"), .init(name: "Team"),
    ],
    rows: [
      [.text("Ann"), .real(3), .text("Butler CC (KS)")], [.text("Bob"), .real(7), .text("LSU")],
      [.text("Cid"), .real(7), .text("lsu")], [.text("Cid"), .null, .text("")],
    ])

  private func score(_ prediction: String, _ reference: String) throws -> Double? {
    let metric = try Metric(named: "sql_execution")
    let outcome = Outcome(
      .texts([prediction]), references: [reference], tables: [Self.players])
    return try metric.item(of: outcome)?.number
  }

  @Test(arguments: [
    (
      "select Player from players where Team = 'LSU'",
      "SELECT p.Player FROM players p WHERE \"No.\" = 7 AND Team = 'LSU';", 1.0
    ),
    ("SELECT Player FROM players ORDER BY Player DESC", "SELECT Player FROM players", 1),
    (
      "SELECT Player FROM players ORDER BY Player DESC",
      "SELECT Player FROM players ORDER BY Player", 0
    ),
    ("SELECT DISTINCT Player FROM players", "SELECT Player FROM players", 0),
    ("SELECT COUNT(*) FROM players", "SELECT 4.0", 1), ("SELECT 4, 5", "SELECT 4", 0),
    ("SELECT AVG(\"No.\") FROM players", "SELECT 17.0 / 3", 1), ("SELECT '4'", "SELECT 4", 0),
    ("SELECT Player FROM players WHERE 0", "SELECT Team FROM players WHERE 0", 1),
    ("SELECT \"ann\"", "SELECT 'ann'", 1), ("SELECT NULL", "SELECT NULL", 1),
    ("SELECT nothing FROM nowhere", "SELECT 4", 0), ("", "SELECT 4", 0), ("four", "SELECT 4", 0),
    ("DELETE FROM players RETURNING 4", "SELECT 4", 0), ("PRAGMA page_size = 4", "SELECT 4", 0),
    ("SELECT 4; SELECT 4", "SELECT 4", 0), ("-- four\nSELECT 4", "SELECT 4", 1),
    ("WITH four(x) AS (VALUES (4)) SELECT x FROM four", "/* 4 */ VALUES (4)", 1),
  ])
  func queriesThatFindTheSameAreRight(
    prediction: String, reference: String, expected: Double
  ) throws {
    #expect(try score(prediction, reference) == expected)
  }

  @Test(arguments: [
    (#"{"sel": 0, "conds": [[2, 0, "Butler CC (KS)"]], "agg": 0}"#, 1.0),
    (#"{"query": 1}"#, 0), (#"{"sel": 9, "conds": [], "agg": 0}"#, 0),
    (#"{"sel": 0, "conds": [[1, 0, "3"]], "agg": 0}"#, 1),
    (#"{"sel": 0, "conds": [[1, 2, 7]], "agg": 0}"#, 1),
    (#"{"sel": 0, "conds": [[1, 1, "No. 3"]], "agg": 0}"#, 0),
    (#"{"sel": 0, "conds": [[1, 3, 3]], "agg": 0}"#, 0),
    ("SELECT Player FROM players WHERE \"No.\" = 3", 1),
  ])
  func logicalFormsKnowNoCase(prediction: String, expected: Double) throws {
    let reference = #"{"sel": 0, "conds": [[2, 0, "butler cc (ks)"]], "agg": 0}"#
    #expect(try score(prediction, reference) == expected)
  }

  @Test func aggregatesOfLogicalForms() throws {
    let count = #"{"sel": 0, "conds": [[2, 0, "LSU"]], "agg": 3}"#
    #expect(try score("SELECT 2", count) == 1)
    let greatest = #"{"sel": 0, "conds": [], "agg": 1}"#
    #expect(try score("SELECT 'Cid'", greatest) == 1)
  }

  @Test func aReferenceThatFailsIsAnErrorOfTheRow() {
    let error = #expect(throws: ScoringError.self) { try score("SELECT 1", "SELECT x FROM y") }
    #expect(error?.code == .unusableRow)
    #expect(
      error?.message == "The reference of sql_execution: The query cannot run: no such table: y.")
    let none = #expect(throws: ScoringError.self) {
      try Metric(named: "sql_execution").item(of: Outcome(.texts(["a"]), references: ["b"]))
    }
    #expect(
      none?.message == "sql_execution needs the tables that the row's queries are about.")
  }
}
