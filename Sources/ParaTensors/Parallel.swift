internal import CParaKernels
import Foundation
import Synchronization

/// Splits an operation over the threads of a worker.
///
/// The split does not change results: every item is computed by one thread, in the same order of
/// operations. One caller at a time.
package final class Parallel: Sendable {
  package let threads: Int
  private let team: ThreadTeam?

  package init(threads: Int) {
    self.threads = max(1, threads)
    team = threads > 1 ? ThreadTeam(threads: threads) : nil
  }

  /// Parts per thread: with several, the others can take over from a thread that the system
  /// interrupts.
  private static let partsPerThread = 4

  /// Runs `body` over 0 ..< count in contiguous ranges of at least `grain`.
  package func ranges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    parts(count, grain: grain) { _, range in body(range) }
  }

  /// As `ranges`, with the index of the thread, 0 ..< threads, for scratch memory per thread.
  package func parts(_ count: Int, grain: Int, _ body: (Int, Range<Int>) -> Void) {
    guard count > 0 else { return }
    let parts = min(threads * Self.partsPerThread, max(1, count / max(1, grain)))
    guard parts > 1, let team else { return body(0, 0..<count) }
    team.run(parts) { thread, part in
      body(thread, part * count / parts..<(part + 1) * count / parts)
    }
  }
}

/// A pool of threads that share short tasks with their owner.
///
/// Operations of a decoding step follow each other within microseconds, so an idle member spins for a
/// while before it sleeps. Each thread starts with adjacent parts of its own, then steals from the
/// others one by one.
final class ThreadTeam: Sendable {
  /// Computes one part.
  typealias Body = (_ thread: Int, _ part: Int) -> Void

  private let members: Int
  private let shared: Shared

  /// The state that owner and members share; the last member to end releases it.
  private final class Shared: @unchecked Sendable {
    /// Counts the tasks; members wait for it to change.
    let round = Atomic<Int>(0)
    /// Members that have not yet finished the current task.
    let busy = Atomic<Int>(0)
    let isEnded = Atomic<Bool>(false)
    let sleepers = Atomic<Int>(0)
    let bell = NSCondition()
    // Written by the owner before `round` rises, read by members after it.
    nonisolated(unsafe) var body: Body?
    nonisolated(unsafe) var parts = 0
    /// For each thread the next part of its share.
    let next: [Counter]

    init(threads: Int) { next = (0..<threads).map { _ in Counter() } }

    func firstPart(of thread: Int) -> Int { thread * parts / next.count }
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  init(threads: Int) {
    members = threads - 1
    shared = Shared(threads: max(1, threads))
    for number in 1...max(1, members) where number <= members {
      let shared = shared
      let thread = Thread { Self.serve(shared, thread: number) }
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  deinit {
    shared.isEnded.store(true, ordering: .releasing)
    Self.announce(shared)
  }

  /// Runs `body` for every part and returns when all have ended.
  func run(_ parts: Int, _ body: Body) {
    withoutActuallyEscaping(body) { body in
      shared.body = body
      shared.parts = parts
      for (thread, counter) in shared.next.enumerated() {
        counter.value.store(shared.firstPart(of: thread), ordering: .relaxed)
      }
      shared.busy.store(members, ordering: .relaxed)
      Self.announce(shared)
      Self.takeParts(shared, thread: 0)
      var wait = SpinWait()
      while shared.busy.load(ordering: .acquiring) > 0 { wait.pause() }
      shared.body = nil
    }
  }

  private static func announce(_ shared: Shared) {
    shared.round.add(1, ordering: .sequentiallyConsistent)
    guard shared.sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    shared.bell.lock()
    shared.bell.broadcast()
    shared.bell.unlock()
  }

  private static func takeParts(_ shared: Shared, thread: Int) {
    guard let body = shared.body else { return }
    for offset in shared.next.indices {
      let owner = (thread + offset) % shared.next.count
      let end = shared.firstPart(of: owner + 1)
      while true {
        let part = shared.next[owner].value.add(1, ordering: .relaxed).oldValue
        guard part < end else { break }
        body(thread, part)
      }
    }
  }

  private static func serve(_ shared: Shared, thread: Int) {
    var seen = 0
    while true {
      waitForWork(shared, after: seen)
      seen += 1
      if shared.isEnded.load(ordering: .acquiring) { return }
      takeParts(shared, thread: thread)
      shared.busy.subtract(1, ordering: .releasing)
    }
  }

  private static func waitForWork(_ shared: Shared, after seen: Int) {
    for _ in 0..<SpinWait.patience {
      if shared.round.load(ordering: .acquiring) != seen { return }
      para_relax()
    }
    shared.bell.lock()
    shared.sleepers.add(1, ordering: .sequentiallyConsistent)
    while shared.round.load(ordering: .sequentiallyConsistent) == seen { shared.bell.wait() }
    shared.sleepers.subtract(1, ordering: .sequentiallyConsistent)
    shared.bell.unlock()
  }
}

/// Waits for another thread: spins at first, then yields the processor.
package struct SpinWait {
  /// Turns before it yields: some tens of microseconds.
  static let patience = 5_000

  private var turns = 0

  package init() {}

  package mutating func pause() {
    turns += 1
    if turns > Self.patience { sched_yield() } else { para_relax() }
  }
}
