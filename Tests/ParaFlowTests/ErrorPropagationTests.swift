import Foundation
import ParaFlow
import ParaTestSupport
import Testing

/// Where a run fails, while the rest of it waits on full or on empty queues.
private struct Scene: Sendable, CustomTestStringConvertible {
  static let places = ["source", "first", "last", "sink"]

  let place: String
  let workers: Int
  let isFull: Bool

  var testDescription: String {
    "\(place), \(workers) workers, \(isFull ? "full" : "empty") queues"
  }

  static let all = places.flatMap { place in
    [1, 4].flatMap { workers in
      [true, false].map { Scene(place: place, workers: workers, isFull: $0) }
    }
  }

  /// Passes rows on; the failing place throws at row 100.
  func step(_ place: String, _ number: Int) throws {
    // A slow sink fills the queues before it, a slow source empties those after it.
    let isSlow = place == (isFull ? "sink" : "source")
    if isSlow, number % 10 == 0 { Thread.sleep(forTimeInterval: 0.002) }
    if place == self.place, number == 100 { throw Breakdown(place: place) }
  }
}

@Suite("Errors and cancellation", .timeLimit(.minutes(5)))
struct ErrorPropagationTests {
  @Test("the first error ends everything, wherever it happens", arguments: Scene.all)
  private func firstError(scene: Scene) {
    let census = Census()
    let handle = FlowHandle()
    #expect(throws: Breakdown(place: scene.place)) {
      try flow(scene, rows: 10_000, census: census).run(into: sink(scene), handle: handle)
    }
    #expect(census.alive == 0)
    #expect(handle.isCancelled)
    #expect(handle.statistics[0].rowsOut < 10_000)
  }

  @Test("cancelling ends everything", arguments: [1, 4], [true, false])
  func cancelling(workers: Int, isFull: Bool) {
    let scene = Scene(place: "nowhere", workers: workers, isFull: isFull)
    let census = Census()
    let handle = FlowHandle()
    let canceller = Thread {
      while handle.statistics.last?.rowsIn ?? 0 < 50 { Thread.sleep(forTimeInterval: 0.001) }
      handle.cancel()
    }
    canceller.start()
    #expect(throws: FlowError.self) {
      try flow(scene, rows: .max, census: census).run(into: sink(scene), handle: handle)
    }
    #expect(census.alive == 0)
  }

  @Test("a run that was cancelled before it began does not begin")
  func cancelledBefore() {
    let handle = FlowHandle()
    handle.cancel()
    let collected = Collected<Int>()
    let error = #expect(throws: FlowError.self) {
      try Flow("count", of: countingRows(3)).run(into: collected.sink, handle: handle)
    }
    #expect(error?.code == .cancelled)
    #expect(error?.description == "The run was cancelled.")
    #expect(collected.numbers.isEmpty)
  }

  @Test("a handle serves one run")
  func usedHandle() throws {
    let handle = FlowHandle()
    let flow = Flow("count", of: countingRows(3))
    try flow.run(into: Collected<Int>().sink, handle: handle)
    let error = #expect(throws: FlowError.self) {
      try flow.run(into: Collected<Int>().sink, handle: handle)
    }
    #expect(error?.description == "A FlowHandle serves one run; make a new one for the next.")
  }

  @Test("of several errors the first in time is thrown")
  func firstOfMany() {
    let stage = Stage<Row<Int>, Row<Int>>("late", concurrency: 4) { input, _ in
      do {
        while try input.next() != nil {}
      } catch {
        throw Breakdown(place: "late")
      }
    }
    let flow = Flow<Row<Int>>("early") { _ in
      Thread.sleep(forTimeInterval: 0.02)
      throw Breakdown(place: "early")
    }
    #expect(throws: Breakdown(place: "early")) {
      try flow.then(stage).run(into: Collected<Int>().sink)
    }
  }

  private func flow(_ scene: Scene, rows: Int, census: Census) -> Flow<Row<Census.Token>> {
    Flow<Row<Census.Token>>("source", capacity: 3) { output in
      for number in 0..<rows {
        try scene.step("source", number)
        try output.send(Row(Census.Token(census), origin: origin(number)))
      }
    }
    .then(stage("first", scene))
    .then(stage("last", scene))
  }

  private func stage(
    _ name: String, _ scene: Scene
  ) -> Stage<Row<Census.Token>, Row<Census.Token>> {
    Stage(name, concurrency: scene.workers, capacity: 2) { input, output in
      while let row = try input.next() {
        try scene.step(name, row.origin.number)
        try output.send(row)
      }
    }
  }

  private func sink(_ scene: Scene) -> Sink<Row<Census.Token>> {
    Sink("sink") { input in
      while case .payload(let row)? = try input.next() {
        try scene.step("sink", row.origin.number)
      }
    }
  }
}
