import Synchronization

/// How the decoding workers of a run share its rows: none takes one that another is free for, or in a
/// small job the first would have most of them and the others nothing to do.
final class RowShares: Sendable {
  /// The rows of each worker; nil of one that has no room for more.
  private let rows: Mutex<[Int?]> = Mutex([])

  /// Counts a worker in, and returns its place.
  func register() -> Int {
    rows.withLock { rows in
      rows.append(0)
      return rows.count - 1
    }
  }

  /// True if the worker has less than its share of all rows that run or wait.
  ///
  /// - Parameters:
  ///   - running: The worker's own rows.
  ///   - waiting: Rows that nobody has.
  func mayTake(_ worker: Int, running: Int, waiting: Int) -> Bool {
    rows.withLock { rows in
      rows[worker] = running
      let open = rows.compactMap(\.self)
      return running * open.count < open.reduce(waiting, +)
    }
  }

  /// The worker has no room for the next row until it asks again.
  func markFull(_ worker: Int) { rows.withLock { $0[worker] = nil } }
}
