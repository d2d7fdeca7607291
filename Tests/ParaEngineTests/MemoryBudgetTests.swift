import Dispatch
import ParaEngine
import Synchronization
import Testing

@Suite struct MemoryBudgetTests {
  @Test func reservationsAreReleased() throws {
    let budget = MemoryBudget(limit: 10)
    var held = budget.reserveNow(7)
    #expect(held?.bytes == 7 && budget.free == 3)
    #expect(budget.reserveNow(4) == nil)
    held = nil
    #expect(budget.free == 10)
  }

  @Test func moreThanTheLimitIsRefusedAtOnce() {
    let budget = MemoryBudget(limit: 10)
    #expect(budget.reserve(11) == nil && budget.reserveNow(11) == nil)
    #expect(budget.free == 10)
  }

  /// Many workers with requests of every size: the sum never exceeds the limit, and all are served.
  @Test(arguments: [1, 3, 16]) func neverMoreThanTheLimit(workers: Int) {
    let budget = MemoryBudget(limit: 100)
    let inUse = Mutex((now: 0, most: 0, served: 0))
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for index in 0..<200 {
        let bytes = 1 + (worker * 31 + index * 17) % 100
        guard let held = budget.reserve(bytes) else { continue }
        inUse.withLock {
          $0.now += held.bytes
          $0.most = max($0.most, $0.now)
          $0.served += 1
        }
        inUse.withLock { $0.now -= held.bytes }
        withExtendedLifetime(held) {}
      }
    }
    #expect(inUse.withLock(\.most) <= 100)
    #expect(inUse.withLock(\.served) == workers * 200)
    #expect(budget.free == 100)
  }

  /// A large request at the head of the queue is not overtaken by small ones.
  @Test func firstComeFirstServed() {
    let budget = MemoryBudget(limit: 10)
    var held = budget.reserveNow(6)
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) { _ = budget.reserve(8) }
    // Once the large request waits, one that would fit must queue behind it.
    while budget.reserveNow(1) != nil {}
    #expect(budget.free == 4 && held != nil)
    held = nil
    group.wait()
    #expect(budget.free == 10)
  }

  @Test func cancellingWakesAllWaitingAndLaterCalls() {
    let budget = MemoryBudget(limit: 10)
    let held = budget.reserveNow(10)
    let group = DispatchGroup()
    let granted = Atomic(0)
    for _ in 0..<4 {
      DispatchQueue.global().async(group: group) {
        if budget.reserve(5) != nil { granted.add(1, ordering: .relaxed) }
      }
    }
    budget.cancel()
    group.wait()
    #expect(granted.load(ordering: .relaxed) == 0)
    #expect(budget.reserve(1) == nil && budget.reserveNow(1) == nil)
    #expect(held?.bytes == 10 && budget.free == 0)
  }
}
