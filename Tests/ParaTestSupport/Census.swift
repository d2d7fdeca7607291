import Synchronization

/// Counts how many of its tokens are alive, and the most that ever were.
package final class Census: Sendable {
  private let counts = Mutex<(alive: Int, peak: Int)>((0, 0))

  package init() {}

  package var alive: Int { counts.withLock(\.alive) }
  package var peak: Int { counts.withLock(\.peak) }

  package final class Token: Sendable {
    private let census: Census

    package init(_ census: Census) {
      self.census = census
      census.counts.withLock { counts in
        counts.alive += 1
        counts.peak = max(counts.peak, counts.alive)
      }
    }

    deinit { census.counts.withLock { $0.alive -= 1 } }
  }
}
