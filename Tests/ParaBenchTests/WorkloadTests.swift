import Foundation
import ParaAdapters
import ParaTensors
import ParaTestSupport
import Testing

@testable import ParaBench

/// Times are not asserted: only what holds on any machine.
@Suite struct WorkloadTests {
  private func workload(_ change: (inout Workload) -> Void) -> Workload {
    var workload = Workload()
    workload.prompts = 5
    workload.promptTokens = 6
    workload.newTokens = 3
    workload.beams = 2
    change(&workload)
    return workload
  }

  @Test func runsInBatchesThatFit() throws {
    let workload = workload {
      $0.workers = 2
      $0.lanes = 2
    }
    #expect(workload.concurrentPrompts(workers: 2) == 2)
    let result = try workload.run(Fixtures.model)
    #expect(result.prefillSeconds > 0 && result.decodeSeconds > 0)
    #expect(result.seconds == result.prefillSeconds + result.decodeSeconds)
    #expect(abs(result.newTokensPerSecond * result.seconds - 15) < 1e-6)
  }

  @Test func oneNewTokenIsPrefillAlone() throws {
    let result = try workload { $0.newTokens = 1 }.run(Fixtures.model)
    #expect(result.prefillSeconds > 0 && result.decodeSeconds == 0)
  }

  @Test func adaptersAreInterleavedWithTheBareModel() throws {
    let result = try workload {
      $0.interleaved = AdapterMethod.allCases
      $0.adapterCount = 2
    }.run(Fixtures.model, repetitions: 2)
    #expect(result.adapterCosts.map(\.method) == AdapterMethod.allCases)
    #expect(result.adapterCosts.allSatisfy { $0.prefillSeconds > 0 && $0.decodeSeconds > 0 })
  }

  @Test func pairsAreSummarisedByTheirMedian() {
    // A pair at +10 %, a disturbed one, and one at +12 % on a machine that has become slower.
    let cost = AdapterCost(
      .lora,
      [(1.0, 1.1), (1, 3), (2, 2.24)].map {
        (PhaseTimes(prefill: 1, decode: $0), PhaseTimes(prefill: 1, decode: $1))
      })
    #expect(cost.prefillPercentSlower == 0)
    #expect(cost.decodePercentSlower.map { abs($0 - 12) < 1e-9 } == true)
    #expect(cost.decodeSeconds == 1.1)
  }
}
