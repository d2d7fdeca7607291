import Dispatch
import Synchronization

/// The bytes that running requests may hold together: a counting semaphore over bytes, first come,
/// first served.
///
/// A request reserves all that it may ever need before it starts, so whoever holds memory never
/// waits for more and there is no deadlock. Waiting requests are served in order, so a large request
/// does not starve behind small ones.
public final class MemoryBudget: Sendable {
  /// Bytes that can be held at once.
  public let limit: Int
  private let state: Mutex<State>

  private struct State {
    var free: Int
    var waiting: [Waiter] = []
    var isCancelled = false

    /// Removes from the queue those whose wait is over.
    mutating func dequeue() -> [Waiter] {
      var served: [Waiter] = []
      while let next = waiting.first, isCancelled || next.bytes <= free {
        if !isCancelled {
          free -= next.bytes
          next.isGranted.store(true, ordering: .releasing)
        }
        served.append(waiting.removeFirst())
      }
      return served
    }
  }

  private final class Waiter: Sendable {
    let bytes: Int
    let isGranted = Atomic(false)
    let semaphore = DispatchSemaphore(value: 0)

    init(_ bytes: Int) { self.bytes = bytes }
  }

  /// Reserved memory, released with the last reference to this object.
  public final class Reservation: Sendable {
    public let bytes: Int
    private let budget: MemoryBudget

    fileprivate init(_ bytes: Int, _ budget: MemoryBudget) {
      self.bytes = bytes
      self.budget = budget
    }

    deinit { budget.update { $0.free += bytes } }
  }

  public init(limit: Int = .max) {
    self.limit = max(0, limit)
    state = Mutex(State(free: max(0, limit)))
  }

  /// Bytes that are not reserved.
  public var free: Int { state.withLock(\.free) }

  /// Reserves memory, waiting until it is free.
  ///
  /// - Returns: nil if the budget was cancelled or its limit is lower.
  public func reserve(_ bytes: Int) -> Reservation? {
    guard bytes <= limit else { return nil }
    let waiter = Waiter(bytes)
    update { $0.waiting.append(waiter) }
    waiter.semaphore.wait()
    return waiter.isGranted.load(ordering: .acquiring) ? Reservation(bytes, self) : nil
  }

  /// Reserves memory if it is free and nobody waits for it.
  public func reserveNow(_ bytes: Int) -> Reservation? {
    let isReserved = state.withLock { state in
      guard !state.isCancelled, state.waiting.isEmpty, bytes <= state.free else { return false }
      state.free -= bytes
      return true
    }
    return isReserved ? Reservation(bytes, self) : nil
  }

  /// Makes all waiting and later calls of `reserve` return nil.
  public func cancel() { update { $0.isCancelled = true } }

  private func update(_ change: (inout State) -> Void) {
    let served = state.withLock { state in
      change(&state)
      return state.dequeue()
    }
    for waiter in served { waiter.semaphore.signal() }
  }
}
