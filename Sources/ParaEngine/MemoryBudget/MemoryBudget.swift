import Dispatch
import Synchronization

/// Bytes that may be held at once, shared by workers that wait for their turn.
///
/// A request reserves all that it may ever need before it starts, so whoever holds memory never
/// waits for more, and every wait ends. Those who wait are served in the order in which they came:
/// a large request is not passed over for ever.
public final class MemoryBudget: Sendable {
  /// Bytes that can be held at once.
  public let limit: Int
  private let state: Mutex<State>

  private struct State {
    var free: Int
    var waiting: [Waiter] = []
    var isCancelled = false

    /// Takes out of the line those whose wait is over.
    mutating func served() -> [Waiter] {
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
    let bell = DispatchSemaphore(value: 0)

    init(_ bytes: Int) { self.bytes = bytes }
  }

  /// Memory held: it is given back when the last reference to this goes.
  public final class Reservation: Sendable {
    public let bytes: Int
    private let budget: MemoryBudget

    fileprivate init(_ bytes: Int, _ budget: MemoryBudget) {
      self.bytes = bytes
      self.budget = budget
    }

    deinit { budget.change { $0.free += bytes } }
  }

  public init(limit: Int = .max) {
    self.limit = max(0, limit)
    state = Mutex(State(free: max(0, limit)))
  }

  /// Bytes that nobody holds.
  public var free: Int { state.withLock(\.free) }

  /// Takes memory, waiting until it is free.
  ///
  /// - Returns: nil if the budget was cancelled, or has less than this in all.
  public func reserve(_ bytes: Int) -> Reservation? {
    guard bytes <= limit else { return nil }
    let waiter = Waiter(bytes)
    change { $0.waiting.append(waiter) }
    waiter.bell.wait()
    return waiter.isGranted.load(ordering: .acquiring) ? Reservation(bytes, self) : nil
  }

  /// Takes memory if it is free and nobody waits for it.
  public func reserveNow(_ bytes: Int) -> Reservation? {
    let isTaken = state.withLock { state in
      guard !state.isCancelled, state.waiting.isEmpty, bytes <= state.free else { return false }
      state.free -= bytes
      return true
    }
    return isTaken ? Reservation(bytes, self) : nil
  }

  /// Wakes everyone who waits, now and later, with nothing.
  public func cancel() { change { $0.isCancelled = true } }

  private func change(_ change: (inout State) -> Void) {
    let served = state.withLock { state in
      change(&state)
      return state.served()
    }
    for waiter in served { waiter.bell.signal() }
  }
}
