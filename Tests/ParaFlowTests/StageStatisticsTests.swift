import Testing

@testable import ParaFlow

@Suite("Row counts", .timeLimit(.minutes(5)))
struct RowCountTests {
  @Test("a stage that sends more or fewer rows than it took is named", arguments: [0, 2])
  func lostRows(copies: Int) {
    let stage = Stage<Row<Int>, Row<Int>>("leaky", concurrency: 2) { input, output in
      while let row = try input.next() {
        for _ in 0..<(row.value == 7 ? copies : 1) { try output.send(row) }
      }
    }
    let error = #expect(throws: FlowError.self) {
      try Flow("count", of: countingRows(10)).then(stage).run(into: Collected<Int>().sink)
    }
    #expect(error?.code == .rowsLost)
    #expect(
      error?.description
        == "Stage 'leaky' took 10 rows and sent on \(9 + copies); "
        + "every row must be sent on, or failed, exactly once.")
  }

  @Test("lost rows fail the run before the sink finishes its files")
  func sinkNotFinished() {
    let stage = Stage<Row<Int>, Row<Int>>("leaky") { input, _ in
      while try input.next() != nil {}
    }
    let sink = Sink<Row<Int>>("finish") { input in
      while try input.next() != nil {}
      Issue.record("The sink was let finish.")
    }
    #expect(throws: FlowError.self) {
      try Flow("count", of: countingRows(10)).then(stage).run(into: sink)
    }
  }

  @Test("a stage that stops before its input has ended is named")
  func endedEarly() {
    let stage = Stage<Row<Int>, Row<Int>>("lazy", concurrency: 2) { input, output in
      if let row = try input.next() { try output.send(row) }
    }
    let error = #expect(throws: FlowError.self) {
      try Flow("count", capacity: 1, of: countingRows(10)).then(stage)
        .run(into: Collected<Int>().sink)
    }
    #expect(error?.code == .endedEarly)
    #expect(
      error?.description
        == "Stage 'lazy' returned before its input ended; take every row until there is none.")
  }

  @Test("a sink that stops before its input has ended is named")
  func sinkEndedEarly() {
    let sink = Sink<Row<Int>>("lazy") { input in _ = try input.next() }
    let error = #expect(throws: FlowError.self) {
      try Flow("count", capacity: 1, of: countingRows(10)).run(into: sink)
    }
    #expect(error?.code == .endedEarly)
  }

  @Test("rows and failures are counted where they happen")
  func statistics() throws {
    let statistics = try Flow("count", of: countingRows(10))
      .then(
        Stage(
          "even", concurrency: 2,
          map: { number in
            if number % 2 == 1 { throw Refusal() }
            return number
          })
      )
      .then(Stage("same", map: { $0 }))
      .run(into: Collected<Int>().sink)
    #expect(statistics.map(\.name) == ["count", "even", "same", "collect"])
    #expect(statistics.map(\.workers) == [1, 2, 1, 1])
    #expect(statistics.map(\.rowsIn) == [0, 10, 10, 10])
    #expect(statistics.map(\.rowsOut) == [10, 10, 10, 0])
    #expect(statistics.map(\.failures) == [0, 5, 0, 0])
  }
}

@Suite("Stopwatch")
struct StopwatchTests {
  @Test("adds up overlapping intervals, open ones up to now")
  func overlap() {
    var watch = Stopwatch()
    watch.enter(at: 1_000_000_000)
    watch.enter(at: 2_000_000_000)
    #expect(watch.seconds(at: 4_000_000_000) == 3 + 2)
    watch.leave(at: 5_000_000_000)
    #expect(watch.seconds(at: 6_000_000_000) == 4 + 4)
    watch.leave(at: 6_000_000_000)
    #expect(watch.seconds(at: 9_000_000_000) == 8)
  }
}
