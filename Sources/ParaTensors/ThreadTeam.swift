internal import CParaKernels
import Foundation
import Synchronization

/// Threads that stand ready to share short pieces of work with their owner.
///
/// Operations of a decoding step follow each other within microseconds, so a member that has
/// nothing to do looks for work for a while before it sleeps. Each thread has parts of its own, side
/// by side, and takes others' when it is through, one by one.
final class ThreadTeam: Sendable {
  /// A part of the work, called with the thread's and the part's number.
  typealias Body = (_ thread: Int, _ part: Int) -> Void

  private let members: Int
  private let shared: Shared

  /// What owner and members share; it outlives the team until the last member has ended.
  private final class Shared: @unchecked Sendable {
    /// Rises with every piece of work; members wait for it to change.
    let round = Atomic<Int>(0)
    /// Members that have not yet finished the present round.
    let busy = Atomic<Int>(0)
    let isEnded = Atomic<Bool>(false)
    let sleepers = Atomic<Int>(0)
    let bell = NSCondition()
    // Written by the owner before `round` rises, read by members after it.
    nonisolated(unsafe) var body: Body?
    nonisolated(unsafe) var parts = 0
    /// For each thread the next of its own parts.
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
      let thread = Thread { Self.serve(shared, number: number) }
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
      Self.takeParts(shared, number: 0)
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

  private static func takeParts(_ shared: Shared, number: Int) {
    guard let body = shared.body else { return }
    for offset in shared.next.indices {
      let owner = (number + offset) % shared.next.count
      let end = shared.firstPart(of: owner + 1)
      while true {
        let part = shared.next[owner].value.add(1, ordering: .relaxed).oldValue
        guard part < end else { break }
        body(number, part)
      }
    }
  }

  private static func serve(_ shared: Shared, number: Int) {
    var seen = 0
    while true {
      waitForWork(shared, after: seen)
      seen += 1
      if shared.isEnded.load(ordering: .acquiring) { return }
      takeParts(shared, number: number)
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
