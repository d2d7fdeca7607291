import ParaFlow
import Testing

@Suite("Flow", .timeLimit(.minutes(5)))
struct FlowTests {
  @Test("keeps the order where every stage has one worker")
  func order() throws {
    let collected = Collected<String>()
    try Flow("count", capacity: 2, of: countingRows(1000))
      .then(Stage("square", capacity: 3, map: { $0 * $0 }))
      .then(Stage("write", capacity: 1, map: { "\($0)" }))
      .run(into: collected.sink)
    #expect(collected.rows.map(\.value) == (0..<1000).map { "\($0 * $0)" })
    #expect(collected.rows.map(\.origin.number) == Array(0..<1000))
  }

  @Test("brings every row through many workers once", arguments: [2, 5, 64])
  func workers(concurrency: Int) throws {
    let collected = Collected<Int>()
    try Flow("count", of: countingRows(2000))
      .then(Stage("negate", concurrency: concurrency, capacity: 2, map: { -$0 }))
      .then(Stage("negate", concurrency: concurrency, capacity: 2, map: { -$0 }))
      .run(into: collected.sink)
    #expect(collected.numbers == Array(0..<2000))
    #expect(collected.rows.allSatisfy { $0.value == $0.origin.number })
  }

  @Test("an empty source is an empty run")
  func nothing() throws {
    let collected = Collected<Int>()
    let statistics = try Flow("count", of: countingRows(0))
      .then(Stage("same", concurrency: 3, map: { $0 }))
      .run(into: collected.sink)
    #expect(collected.numbers.isEmpty)
    #expect(statistics.map(\.name) == ["count", "same", "collect"])
  }

  @Test("a refused row passes the later stages untouched and reaches the sink")
  func failures() throws {
    let collected = Collected<String>()
    try Flow("count", of: countingRows(5))
      .then(
        Stage(
          "even",
          map: { number in
            if number % 2 == 1 { throw Refusal() }
            return number
          })
      )
      .then(Stage("write", map: { "\($0)" }))
      .run(into: collected.sink)
    #expect(collected.rows.map(\.value) == ["0", "2", "4"])
    #expect(
      collected.failures
        == [1, 3].map {
          RowFailure(origin: origin($0), stage: "even", code: "odd", message: "The number is odd.")
        })
  }

  @Test("a source fails the rows it cannot read")
  func sourceFailures() throws {
    let collected = Collected<Int>()
    let flow = Flow<Row<Int>>("read") { output in
      try output.fail(origin(0), Refusal())
      try output.send(Row(1, origin: origin(1)))
    }
    try flow.run(into: collected.sink)
    #expect(collected.failures.map(\.stage) == ["read"])
    #expect(collected.rows == [Row(1, origin: origin(1))])
  }

  @Test("rows are grouped and split again while failures pass by")
  func grouping() throws {
    let collected = Collected<Int>()
    let statistics = try Flow("count", of: countingRows(20))
      .then(
        Stage(
          "thirds",
          map: { number in
            if number % 3 == 0 { throw Refusal() }
            return number
          })
      )
      .then(grouping(by: 4))
      .then(splitting)
      .run(into: collected.sink)
    #expect(collected.numbers == Array(0..<20))
    #expect(collected.failures.map(\.stage) == Array(repeating: "thirds", count: 7))
    // 13 rows are left: batches of 4, 4, 4 and 1, each value with its batch's size added.
    let live = (0..<20).filter { $0 % 3 != 0 }
    #expect(collected.rows.map(\.value) == live.dropLast().map { $0 + 4 } + [19 + 1])
    #expect(statistics.map(\.rowsIn) == [0, 20, 20, 20, 20])
    #expect(statistics.map(\.rowsOut) == [20, 20, 20, 20, 0])
  }

  @Test("a stage may go on with its own work while nothing new is there")
  func polling() throws {
    let collected = Collected<Int>()
    try Flow("count", capacity: 4, of: countingRows(300))
      .then(lanes(8))
      .run(into: collected.sink)
    #expect(collected.numbers == Array(0..<300))
    #expect(collected.rows.allSatisfy { $0.value == 3 })
  }

  private func grouping(by size: Int) -> Stage<Row<Int>, Batch<Int>> {
    Stage("group") { input, output in
      var rows: [Row<Int>] = []
      while let row = try input.next() {
        rows.append(row)
        guard rows.count == size else { continue }
        try output.send(Batch(rows))
        rows = []
      }
      if !rows.isEmpty { try output.send(Batch(rows)) }
    }
  }

  private var splitting: Stage<Batch<Int>, Row<Int>> {
    Stage("split") { input, output in
      while let batch = try input.next() {
        for row in batch.rows { try output.send(row.map { $0 + batch.rowCount }) }
      }
    }
  }

  /// Keeps up to `count` rows running, each for three steps, as decoding does.
  private func lanes(_ count: Int) -> Stage<Row<Int>, Row<Int>> {
    Stage("lanes", capacity: 2) { input, output in
      var running: [(row: Row<Int>, steps: Int)] = []
      var isEnded = false
      while !isEnded || !running.isEmpty {
        while !isEnded, running.count < count {
          let polled =
            running.isEmpty ? try input.next().map { .value($0) } ?? .ended : try input.poll()
          if case .value(let row) = polled { running.append((row, 0)) }
          if case .empty = polled { break }
          if case .ended = polled { isEnded = true }
        }
        for lane in running.indices { running[lane].steps += 1 }
        for lane in running where lane.steps == 3 { try output.send(lane.row.map { _ in 3 }) }
        running.removeAll { $0.steps == 3 }
      }
    }
  }
}
