internal import CParaKernels
import Foundation

/// Waiting for a thread that is at work: actively at first, then giving way.
package struct SpinWait {
  /// Turns before it gives way: some tens of microseconds.
  static let patience = 5_000

  private var turns = 0

  package init() {}

  package mutating func pause() {
    turns += 1
    if turns > Self.patience { sched_yield() } else { para_relax() }
  }
}
