import ParaDecoding
import ParaFlow
import ParaTestSupport
import Testing

@testable import ParaPipeline

@Suite struct PromptBatchesTests {
  private func row(_ number: Int, tokens: Int) throws -> Row<Prompt> {
    let prompt = Prompt(
      task: "t", adapterName: nil, adapter: nil, tokens: Array(repeating: 0, count: tokens),
      settings: GenerationSettings(), stopStrings: nil, references: [])
    return Row(prompt, origin: RowOrigin(number: number, file: "f", location: "line \(number)"))
  }

  @Test(arguments: 0..<20) func everyRowOnceAndWithinTheBudget(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let budget = Int.random(in: 1...200, using: &random)
    let rows = try (0..<300).map { try row($0, tokens: Int.random(in: 1...100, using: &random)) }
    var batches = PromptBatches(tokenBudget: budget, workers: Int.random(in: 1...4, using: &random))
    let found = rows.flatMap { batches.add($0) } + batches.flush()
    #expect(found.flatMap { $0.rows.map(\.origin.number) }.sorted() == Array(0..<300))
    for batch in found {
      #expect(
        batch.rows.count == 1 || batch.rows.reduce(0) { $0 + $1.value.tokens.count } <= budget)
    }
    #expect(batches.flush().isEmpty)
  }

  /// For any job size, no worker prefills more than its share and one prompt.
  @Test(arguments: [1, 2, 3, 20, 64, 300], 1...4) func workersShareWhatThereIs(
    count: Int, workers: Int
  ) throws {
    var random = SeededGenerator(seed: UInt64(count))
    let rows = try (0..<count).map { try row($0, tokens: Int.random(in: 50...100, using: &random)) }
    var batches = PromptBatches(tokenBudget: 1_000_000, workers: workers)
    let found = rows.flatMap { batches.add($0) } + batches.flush()
    #expect(found.count == min(count, workers))
    let tokens = found.map { $0.rows.reduce(0) { $0 + $1.value.tokens.count } }
    #expect(tokens.allSatisfy { $0 <= tokens.reduce(0, +) / workers + 100 })
  }
}

@Suite struct FairShareTests {
  /// A worker with less than its share of all rows may take one more; while rows wait, some worker may.
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

  @Test func aFullWorkerDoesNotCount() {
    let share = FairShare()
    let (full, other) = (share.register(), share.register())
    #expect(share.mayTake(full, running: 3, waiting: 4))
    #expect(!share.mayTake(other, running: 10, waiting: 4))
    share.markFull(full)
    #expect(share.mayTake(other, running: 10, waiting: 4))
  }
}
