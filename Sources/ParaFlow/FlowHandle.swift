import Dispatch
import Foundation
import Synchronization

/// Controls one run of a ``Flow`` from outside: cancels it and shows its progress.
///
/// `cancel` may be called from any thread at any time, for example from a signal's dispatch source,
/// but not from a signal handler.
public final class FlowHandle: Sendable {
  private struct State {
    var isUsed = false
    var firstError: (any Error)?
    var actionsWhenOver: [@Sendable () -> Void] = []
    var statistics: [@Sendable () -> StageStatistics] = []
  }

  /// Bodies run recursive code (template and markup parsers), so a worker gets the stack that Linux
  /// gives the main thread.
  private static let stackSize = 8 << 20

  private let state = Mutex(State())
  private let workers = DispatchGroup()

  public init() {}

  /// Ends the run: every wait on a queue ends, and `run` throws `FlowError.cancelled`.
  ///
  /// A busy worker ends at its next use of a queue. After the run, or after its first error, this
  /// does nothing; before it, the run will not start.
  public func cancel() { fail(FlowError.cancelled) }

  /// Whether the run was cancelled or has failed, for a body that works for long between two uses
  /// of its queues.
  public var isCancelled: Bool { state.withLock { $0.firstError != nil } }

  /// The current statistics of the source, the stages and the sink, in this order.
  public var statistics: [StageStatistics] {
    state.withLock(\.statistics).map { $0() }
  }

  func begin() throws {
    try state.withLock { state in
      if state.isUsed { throw FlowError.handleUsed }
      state.isUsed = true
      if let error = state.firstError { throw error }
    }
  }

  /// Waits for the workers.
  ///
  /// - Throws: The run's first error.
  func finish() throws {
    workers.wait()
    try state.withLock { state in
      state.actionsWhenOver = []
      if let error = state.firstError { throw error }
    }
  }

  /// Calls `action` when the run is cancelled or fails, at once if it already has; for a body that
  /// waits for something other than its queues.
  package func whenOver(_ action: @escaping @Sendable () -> Void) {
    let isOver = state.withLock { state in
      state.actionsWhenOver.append(action)
      return state.firstError != nil
    }
    if isOver { action() }
  }

  func register(_ meter: StageMeter) {
    state.withLock { $0.statistics.append { meter.statistics() } }
  }

  func register<Element>(_ meter: StageMeter, _ queue: BoundedQueue<Element>) {
    state.withLock { state in
      state.statistics.append {
        meter.statistics(queueCapacity: queue.capacity, peakQueueDepth: queue.peakDepth)
      }
    }
    whenOver { queue.cancel() }
  }

  func startWorker(of meter: StageMeter, _ body: @escaping @Sendable () throws -> Void) {
    workers.enter()
    let thread = Thread { [self] in
      work(of: meter, body)
      workers.leave()
    }
    thread.name = meter.name
    thread.stackSize = Self.stackSize
    thread.start()
  }

  func work(of meter: StageMeter, _ body: () throws -> Void) {
    do {
      try meter.whileAlive(body)
    } catch {
      fail(error)
    }
  }

  private func fail(_ error: any Error) {
    let actions = state.withLock { state -> [@Sendable () -> Void] in
      guard state.firstError == nil else { return [] }
      state.firstError = error
      return state.actionsWhenOver
    }
    for action in actions { action() }
  }
}

/// Why a run ended before every row reached the sink.
public struct FlowError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// ``FlowHandle/cancel()`` was called.
    case cancelled
    /// The handle was used for another run.
    case handleUsed
    /// A stage returned although its input had not ended.
    case endedEarly
    /// A stage sent on more or fewer rows than it took.
    case rowsLost
  }

  public let code: Code
  public let message: String

  public var description: String { message }
}

extension FlowError {
  package static let cancelled = FlowError(code: .cancelled, message: "The run was cancelled.")

  static let handleUsed = FlowError(
    code: .handleUsed, message: "A FlowHandle serves one run; make a new one for the next.")

  static func endedEarly(stage: String) -> FlowError {
    FlowError(
      code: .endedEarly,
      message: """
        Stage '\(stage)' returned before its input ended; take every row until there is none.
        """)
  }

  static func rowsLost(stage: String, taken: Int, sent: Int) -> FlowError {
    FlowError(
      code: .rowsLost,
      message: """
        Stage '\(stage)' took \(taken) rows and sent on \(sent); every row must be sent on, \
        or failed, exactly once.
        """)
  }
}
