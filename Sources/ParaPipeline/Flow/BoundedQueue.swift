import Dispatch
import Synchronization

/// A first-in, first-out queue between threads that holds at most `capacity` elements.
///
/// `free` counts the slots that may be filled and `ready` the elements that may be taken. Closing
/// puts one more token into `ready`, cancelling one into both; whoever is woken by such a token
/// puts it back, so that one after another everybody wakes up.
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

  /// How many elements are waiting.
  var count: Int { state.withLock(\.count) }

  /// The greatest number of elements that were ever waiting.
  var peakDepth: Int { state.withLock(\.peakDepth) }

  /// No element is left and none will come.
  var isExhausted: Bool { state.withLock { $0.isClosed && $0.count == 0 && !$0.isCancelled } }

  /// Adds `element`, waiting while the queue is full.
  ///
  /// `waiting` does the waiting that it is given; it is called only if there is some to do.
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

  /// Takes the oldest element, waiting while there is none; nil when the queue has ended.
  ///
  /// `waiting` does the waiting that it is given; it is called only if there is some to do.
  ///
  /// - Throws: ``FlowError/cancelled``.
  func next(waiting: (() -> Void) -> Void = { $0() }) throws -> Element? {
    if ready.wait(timeout: .now()) == .timedOut { waiting { ready.wait() } }
    return try take()
  }

  /// Takes the oldest element if there is one.
  ///
  /// - Throws: ``FlowError/cancelled``.
  func poll() throws -> Polled<Element> {
    guard ready.wait(timeout: .now()) == .success else { return .empty }
    return try take().map { .value($0) } ?? .ended
  }

  /// Ends the queue: what it holds may still be taken, nothing may be added.
  func close() {
    state.withLock { $0.isClosed = true }
    ready.signal()
  }

  /// Empties the queue and wakes everyone who waits, now and later.
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
