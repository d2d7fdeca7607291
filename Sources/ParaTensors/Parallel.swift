/// Splits one operation's rows over the threads of a worker.
///
/// The split never changes a result: every row is computed by one thread, in the same order of
/// operations. One caller at a time.
package final class Parallel: Sendable {
  package let threads: Int
  private let team: ThreadTeam?

  package init(threads: Int) {
    self.threads = max(1, threads)
    team = threads > 1 ? ThreadTeam(threads: threads) : nil
  }

  /// How many parts a thread takes on average, so that one which the system interrupts holds up
  /// little.
  private static let partsPerThread = 4

  /// Runs `body` over 0 ..< count in contiguous ranges of at least `grain`.
  package func ranges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    parts(count, grain: grain) { _, range in body(range) }
  }

  /// The same, with the number of the thread, 0 ..< threads: for scratch memory that threads must
  /// not share.
  package func parts(_ count: Int, grain: Int, _ body: (Int, Range<Int>) -> Void) {
    guard count > 0 else { return }
    let parts = min(threads * Self.partsPerThread, max(1, count / max(1, grain)))
    guard parts > 1, let team else { return body(0, 0..<count) }
    team.run(parts) { thread, part in
      body(thread, part * count / parts..<(part + 1) * count / parts)
    }
  }
}
