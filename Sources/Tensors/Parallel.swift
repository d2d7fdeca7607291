import Dispatch

/// Splits one operation's rows over the threads of a worker.
///
/// The split never changes a result: every row is computed by one thread, in the same order of
/// operations.
package struct Parallel: Sendable {
  package let threads: Int

  package init(threads: Int) {
    self.threads = max(1, threads)
  }

  /// Runs `body` over 0 ..< count in at most `threads` contiguous ranges of at least `grain`.
  package func ranges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    parts(count, grain: grain) { _, range in body(range) }
  }

  /// The same, with the number of the range, 0 ..< threads: for scratch memory that ranges must not
  /// share.
  package func parts(_ count: Int, grain: Int, _ body: (Int, Range<Int>) -> Void) {
    guard count > 0 else { return }
    let parts = min(threads, max(1, count / max(1, grain)))
    guard parts > 1 else { return body(0, 0..<count) }
    withoutActuallyEscaping(body) { body in
      // Safe: the parts are disjoint, and all have ended when concurrentPerform returns.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        body(part, part * count / parts..<(part + 1) * count / parts)
      }
    }
  }
}
