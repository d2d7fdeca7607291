import Dispatch
import Synchronization

/// What polling a queue returns, without waiting.
public enum PollResult<Value> {
  case value(Value)
  /// Nothing is queued now; more may come.
  case empty
  /// Nothing is queued, and nothing more will come.
  case ended
}

extension PollResult: Sendable where Value: Sendable {}
extension PollResult: Equatable where Value: Equatable {}

/// A first-in, first-out queue between threads that holds at most `capacity` elements.
///
/// The semaphore `free` counts empty slots, and `ready` counts queued elements. Closing adds one
/// token to `ready`, and cancelling one to both; a thread that such a token wakes puts it back, so
/// that all waiting threads wake up in turn.
final class BoundedQueue<Element: Sendable>: Sendable {
  private struct State {
    var slots: [Element?]  // a ring
    var first = 0
    var count = 0
    var peakDepth = 0
    var isClosed = false
    var isCancelled = false
  }

  let capacity: Int
  private let state: Mutex<State>
  private let free = DispatchSemaphore(value: 0)
  private let ready = DispatchSemaphore(value: 0)

  init(capacity: Int) {
    precondition(capacity > 0, "A queue needs room for at least one element.")
    self.capacity = capacity
    state = Mutex(State(slots: Array(repeating: nil, count: capacity)))
    // Dispatch traps when a semaphore dies below the value it was made with, so it starts at 0.
    for _ in 0..<capacity { free.signal() }
  }

  /// How many elements are queued.
  var count: Int { state.withLock(\.count) }

  /// The most elements that were ever queued.
  var peakDepth: Int { state.withLock(\.peakDepth) }

  /// Closed and empty.
  var isExhausted: Bool { state.withLock { $0.isClosed && $0.count == 0 && !$0.isCancelled } }

  /// Adds `element`; waits while the queue is full.
  ///
  /// `waiting` is called around the wait, if there is one, so that the caller can measure it.
  ///
  /// - Throws: ``FlowError/cancelled``, also when the queue is closed already.
  func send(_ element: Element, waiting: (() -> Void) -> Void = { $0() }) throws {
    if free.wait(timeout: .now()) == .timedOut { waiting { free.wait() } }
    let isAdded = state.withLock { state in
      guard !state.isCancelled, !state.isClosed else { return false }
      state.slots[(state.first + state.count) % capacity] = element
      state.count += 1
      state.peakDepth = max(state.peakDepth, state.count)
      return true
    }
    guard isAdded else {
      free.signal()
      throw FlowError.cancelled
    }
    ready.signal()
  }

  /// Takes the oldest element; waits while there is none. Nil when the queue has ended.
  ///
  /// `waiting` is called around the wait, if there is one, so that the caller can measure it.
  ///
  /// - Throws: ``FlowError/cancelled``.
  func next(waiting: (() -> Void) -> Void = { $0() }) throws -> Element? {
    if ready.wait(timeout: .now()) == .timedOut { waiting { ready.wait() } }
    return try take()
  }

  /// Takes the oldest element if there is one.
  ///
  /// - Throws: ``FlowError/cancelled``.
  func poll() throws -> PollResult<Element> {
    guard ready.wait(timeout: .now()) == .success else { return .empty }
    return try take().map { .value($0) } ?? .ended
  }

  /// Ends the queue: queued elements may still be taken, none may be added.
  func close() {
    state.withLock { $0.isClosed = true }
    ready.signal()
  }

  /// Empties the queue and wakes all waiting threads, now and later.
  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      state.slots = Array(repeating: nil, count: capacity)
      state.count = 0
    }
    free.signal()
    ready.signal()
  }

  private func take() throws -> Element? {
    let (element, isCancelled) = state.withLock { state -> (Element?, Bool) in
      guard state.count > 0 else { return (nil, state.isCancelled) }
      let element = state.slots[state.first].take()
      state.first = (state.first + 1) % capacity
      state.count -= 1
      return (element, false)
    }
    guard let element else {
      ready.signal()
      if isCancelled { throw FlowError.cancelled }
      return nil
    }
    free.signal()
    return element
  }
}
