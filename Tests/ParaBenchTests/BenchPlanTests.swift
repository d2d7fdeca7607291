import Foundation
import ParaAdapters
import ParaTensors
import Testing

@testable import ParaBench

@Suite struct BenchPlanTests {
  @Test func theWholeTable() {
    let benchmarks = BenchPlan().makeBenchmarks()
    func count(_ name: String) -> Int { benchmarks.count { $0.name == name } }
    // S in three compute types, M and L in two.
    #expect(["beam3", "greedy", "prefill"].map(count) == [7, 7, 7])
    #expect(benchmarks.count == 21 + 3 + 3)
    let single = benchmarks.filter { ["single", "start-up"].contains($0.name) }
    #expect(single.allSatisfy { $0.model == .large && $0.workload.compute == .int8 })
    #expect(single.allSatisfy { $0.workload.concurrentPrompts(workers: 1) == 1 })
    let adapters = benchmarks.filter { !$0.workload.interleaved.isEmpty }
    #expect(adapters.map(\.name) == ["adapters"] && adapters.map(\.model) == [.medium])
    #expect(benchmarks.filter { $0.name.hasPrefix("scaling") }.allSatisfy { $0.model == .small })
  }

  @Test func benchmarksTakeTheNearestModelAndComputeType() {
    var plan = BenchPlan()
    plan.models = [.small]
    plan.computeTypes = [.int8]
    plan.kinds = [.beam3, .single, .adapters]
    let benchmarks = plan.makeBenchmarks()
    #expect(benchmarks.map(\.name) == ["beam3", "single", "adapters"])
    #expect(benchmarks.allSatisfy { $0.model == .small && $0.workload.compute == .int8 })
    plan.models = []
    #expect(plan.makeBenchmarks().isEmpty)
  }

  @Test func sweepsCoverTheirRanges() {
    var plan = BenchPlan()
    plan.kinds = []
    plan.sweeps = BenchPlan.Sweep.allCases
    let benchmarks = plan.makeBenchmarks()
    func work(_ name: String) -> [Workload] {
      benchmarks.filter { $0.name.hasPrefix(name) }.map(\.workload)
    }
    #expect(work("beams").map(\.beams) == Array(1...8))
    #expect(work("lanes").map(\.prompts) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
    #expect(work("length").map(\.promptTokens) == [16, 32, 64, 128, 256, 512, 1024, 2048, 4096])
    // All prompts of a sweep's benchmark run in one batch.
    for work in work("beams") + work("lanes") {
      #expect(work.concurrentPrompts(workers: 1) == work.prompts)
    }
    let large = benchmarks.filter { $0.model == .sevenBillion }
    #expect(large.map(\.workload.prompts) == [1, 4])
    let kinds = AdapterMethod.allCases.map(\.rawValue)
    #expect(large.allSatisfy { $0.workload.interleaved.map(\.rawValue) == kinds })
    #expect(large.allSatisfy { $0.workload.compute == .int8 })
  }

  @Test func aBenchmarkIsACommand() {
    var plan = BenchPlan()
    plan.kinds = [.single]
    let commands = plan.makeBenchmarks().map {
      $0.arguments(model: URL(filePath: "/models/L"), json: URL(filePath: "/a.json"))
        .joined(separator: " ")
    }
    #expect(
      commands == [
        "bench work /models/L --compute-type int8 --num-beams 1 --prompts 8 --prompt-tokens 128 "
          + "--new-tokens 64 --threads 2 --lanes 1 --adapter-count 64 --repeats 3 --json /a.json --workers 1"
      ])
  }
}
