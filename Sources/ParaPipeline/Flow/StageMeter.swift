import Dispatch
import Synchronization

/// Counts the rows and the time of one stage, over all its workers.
final class StageMeter: Sendable {
  private struct Counts {
    var workers = 0
    var rowsIn = 0
    var rowsOut = 0
    var failures = 0
    var alive = Stopwatch()
    var waiting = Stopwatch()
    var blocked = Stopwatch()
  }

  let name: String
  let workers: Int
  private let counts = Mutex(Counts())

  init(name: String, workers: Int = 1) {
    self.name = name
    self.workers = workers
    counts.withLock { $0.workers = workers }
  }

  func took(_ rows: Int) { counts.withLock { $0.rowsIn += rows } }
  func sent(_ rows: Int) { counts.withLock { $0.rowsOut += rows } }
  func failedOne() { counts.withLock { $0.failures += 1 } }

  func whileAlive(_ body: () throws -> Void) rethrows { try time(\.alive, body) }
  func whileWaiting(_ body: () -> Void) { time(\.waiting, body) }
  func whileBlocked(_ body: () -> Void) { time(\.blocked, body) }

  /// Notes that a worker's body has returned; true for the stage's last one.
  func workerReturned() -> Bool {
    counts.withLock { counts in
      counts.workers -= 1
      return counts.workers == 0
    }
  }

  /// Every row that was taken must have been sent on, under whatever name.
  ///
  /// - Throws: ``FlowError`` with the code `rowsLost`.
  func checkRows() throws {
    let (taken, sent) = counts.withLock { ($0.rowsIn, $0.rowsOut) }
    guard taken == sent else { throw FlowError.rowsLost(stage: name, taken: taken, sent: sent) }
  }

  func statistics(queueCapacity: Int = 0, peakQueueDepth: Int = 0) -> StageStatistics {
    counts.withLock { counts in
      let now = Self.now
      let waiting = counts.waiting.seconds(at: now)
      let blocked = counts.blocked.seconds(at: now)
      return StageStatistics(
        name: name, workers: workers,
        rowsIn: counts.rowsIn, rowsOut: counts.rowsOut, failures: counts.failures,
        busySeconds: max(0, counts.alive.seconds(at: now) - waiting - blocked),
        waitingSeconds: waiting, blockedSeconds: blocked,
        queueCapacity: queueCapacity, peakQueueDepth: peakQueueDepth)
    }
  }

  /// Monotonic nanoseconds.
  private static var now: Int64 { Int64(DispatchTime.now().uptimeNanoseconds) }

  private func time(
    _ watch: WritableKeyPath<Counts, Stopwatch> & Sendable, _ body: () throws -> Void
  ) rethrows {
    counts.withLock { $0[keyPath: watch].enter(at: Self.now) }
    defer { counts.withLock { $0[keyPath: watch].leave(at: Self.now) } }
    try body()
  }
}
