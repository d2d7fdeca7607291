import ParaFlow
import ParaPipeline
import Testing

@Suite struct RunProgressTests {
  private struct Refusal: RowError {
    var failureCode = "odd"
    var failureMessage = "The number is odd."
  }

  @Test("rows are taken from a run's statistics")
  func statistics() throws {
    let handle = FlowHandle()
    let rows = (0..<10).map {
      Row($0, origin: RowOrigin(number: $0, file: "rows.jsonl", location: "line \($0 + 1)"))
    }
    try Flow("count", of: rows)
      .then(Stage<Row<Int>, Row<Int>>("refuse", map: { _ in throw Refusal() }))
      .run(into: Sink("drop") { input in while try input.next() != nil {} }, handle: handle)
    #expect(
      ProgressSnapshot(handle.statistics)
        == ProgressSnapshot(rows: 10, failedRows: 10, rowsRead: 10))
    #expect(ProgressSnapshot([]) == ProgressSnapshot(rows: 0))
  }
}
