import Testing

@testable import ParaPipeline

@Suite struct FairShareTests {
  /// Who has less than an even share of all rows may take one more, and with rows waiting somebody always may.
  @Test(arguments: 1...4) func rowsAreSharedEvenly(workers: Int) {
    let share = FairShare()
    let places = (0..<workers).map { _ in share.register() }
    var rows = Array(repeating: 0, count: workers)
    for waiting in (1...64).reversed() {
      for place in places { _ = share.mayTake(place, running: rows[place], waiting: waiting) }
      let taker = places.first { share.mayTake($0, running: rows[$0], waiting: waiting) }
      guard let taker else {
        Issue.record("nobody may take a row")
        return
      }
      rows[taker] += 1
    }
    #expect(rows.reduce(0, +) == 64 && rows.allSatisfy { $0 <= (64 + workers - 1) / workers })
  }

  @Test func aFullWorkerHoldsNobodyBack() {
    let share = FairShare()
    let (full, other) = (share.register(), share.register())
    #expect(share.mayTake(full, running: 3, waiting: 4))
    #expect(!share.mayTake(other, running: 10, waiting: 4))
    share.markFull(full)
    #expect(share.mayTake(other, running: 10, waiting: 4))
  }
}
