import Dispatch
import Foundation
import Synchronization

/// Holds one run of a ``Flow`` from outside: cancels it and shows how far it is.
///
/// `cancel` may be called from any thread and at any time, for example from the dispatch source of
/// a signal; it is not for a signal handler proper.
public final class FlowHandle: Sendable {
  private struct State {
    var isUsed = false
    var firstError: (any Error)?
    var actionsWhenOver: [@Sendable () -> Void] = []
    var statistics: [@Sendable () -> StageStatistics] = []
  }

  /// Bodies run the code of every room, template and markup parsers included, which recurse; the
  /// size is the one that a Linux process gives its main thread.
  private static let stackSize = 8 << 20

  private let state = Mutex(State())
  private let workers = DispatchGroup()

  public init() {}

  /// Ends the run: whoever waits on a queue wakes up, and `run` throws `FlowError.cancelled`.
  ///
  /// A worker in the middle of something ends when it next touches a queue. After the run, or
  /// after its first error, this does nothing; before it, the run will not start.
  public func cancel() { fail(FlowError.cancelled) }

  /// Whether the run was cancelled or has met an error, for a body that works for long between
  /// two looks at its queues.
  public var isCancelled: Bool { state.withLock { $0.firstError != nil } }

  /// The source, the stages and the sink, in this order, as they are at this moment.
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

  /// Does this when the run is cancelled or meets an error, for a body that waits for something
  /// else than its queues; at once if that has happened already.
  func whenOver(_ action: @escaping @Sendable () -> Void) {
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
