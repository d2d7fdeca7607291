import Testing

@testable import ParaFlow

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
