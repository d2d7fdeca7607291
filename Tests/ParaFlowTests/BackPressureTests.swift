import Foundation
import ParaFlow
import ParaTestSupport
import Testing

@Suite("Back-pressure", .timeLimit(.minutes(5)))
struct BackPressureTests {
  @Test("with a slow sink the number of rows in memory stays bounded")
  func aliveRows() throws {
    let census = Census()
    try tokens(10_000, census)
      .then(Stage("one", concurrency: 2, capacity: 5, map: { $0 }))
      .then(Stage("two", concurrency: 3, capacity: 6, map: { $0 }))
      .run(into: slowSink)
    // Queues of 4, 5 and 6; 1 + 2 + 3 + 1 rows held by source, workers and sink, each of which may
    // hold one more between two queues.
    #expect(census.peak <= 4 + 5 + 6 + 1 + 2 + 3 + 1)
    #expect(census.peak >= 4 + 5 + 6)
    #expect(census.alive == 0)
  }

  @Test("the statistics show who is waiting for whom")
  func waits() throws {
    let statistics = try Flow("count", capacity: 2, of: countingRows(20))
      .then(Stage("fast", capacity: 3, map: { $0 }))
      .then(
        Stage(
          "slow", capacity: 4,
          map: { number in
            Thread.sleep(forTimeInterval: 0.01)
            return number
          })
      )
      .run(into: Collected<Int>().sink)
    let (source, fast, slow, sink) = (statistics[0], statistics[1], statistics[2], statistics[3])
    // 20 rows of at least 10 ms. The stages before are blocked by full queues, the sink waits
    // for rows.
    #expect(slow.busySeconds >= 0.2)
    #expect(sink.waitingSeconds > 0)
    #expect(source.blockedSeconds > 0)
    #expect(fast.blockedSeconds > 0)
    #expect(source.peakQueueDepth == 2)
    #expect(fast.peakQueueDepth == 3)
    #expect(statistics.map(\.queueCapacity) == [2, 3, 4, 0])
  }

  private func tokens(_ count: Int, _ census: Census) -> Flow<Row<Census.Token>> {
    Flow("make", capacity: 4) { output in
      for number in 0..<count {
        try output.send(Row(Census.Token(census), origin: origin(number)))
      }
    }
  }

  /// Sleeps now and then, so that everything before it fills up.
  private var slowSink: Sink<Row<Census.Token>> {
    Sink("slow") { input in
      var count = 0
      while let message = try input.next() {
        if case .payload = message { count += 1 }
        if count % 500 == 1 { Thread.sleep(forTimeInterval: 0.01) }
      }
    }
  }
}
