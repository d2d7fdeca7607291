import Dispatch
import Synchronization

/// What a stage has done so far, for `run.json` and for progress.
public struct StageStatistics: Sendable, Codable, Equatable {
  public var name: String
  public var workers: Int
  /// Rows taken, including those that failed in earlier stages; 0 for the source.
  public var rowsIn: Int
  /// Rows sent on, failed ones included; 0 for the sink.
  public var rowsOut: Int
  /// Rows that failed in this stage.
  public var failures: Int
  /// Seconds of work, summed over the workers: their lifetime less the two below.
  public var busySeconds: Double
  /// Seconds of waiting for input, summed over the workers.
  public var waitingSeconds: Double
  /// Seconds of waiting because the next stage's queue was full, summed over the workers.
  public var blockedSeconds: Double
  /// How many values the queue after this stage may hold; 0 for the sink.
  public var queueCapacity: Int
  /// The most values that queue ever held.
  public var peakQueueDepth: Int
}

/// Counts the rows and measures the time of one stage, over all its workers.
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

  /// Records that a worker's body has returned; true for the stage's last one.
  func workerReturned() -> Bool {
    counts.withLock { counts in
      counts.workers -= 1
      return counts.workers == 0
    }
  }

  /// Checks that every row taken was sent on, as itself or as a failure.
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

/// The time that several threads spend in one activity, summed.
///
/// An open interval counts up to the moment of reading, so a snapshot is right at any time.
struct Stopwatch {
  private var open: Int64 = 0
  private var nanoseconds: Int64 = 0

  mutating func enter(at now: Int64) {
    open += 1
    nanoseconds -= now
  }

  mutating func leave(at now: Int64) {
    open -= 1
    nanoseconds += now
  }

  func seconds(at now: Int64) -> Double {
    Double(nanoseconds + open * now) / 1e9
  }
}
