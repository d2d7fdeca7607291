import Foundation
import ParaCheckpoints
import ParaEngine
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

@testable import ParaDecoding

/// The plan is arithmetic: on the embedded model's shape (6 layers, 2 key/value heads of 32, hidden
/// 192), without its weights.
@Suite struct MemoryPlanTests {
  private let footprint: ModelFootprint

  init() throws {
    footprint = ModelFootprint(try ModelFolder(Fixtures.model), compute: .float32, cache: nil)
  }

  private func requests(
    _ count: Int, tokens: Int = 100, beams: Int = 3, newTokens: Int = 33
  ) throws -> [RequestSize] {
    let settings = GenerationSettings(numBeams: beams, maxNewTokens: newTokens)
    return Array(repeating: RequestSize(promptTokens: tokens, settings: settings), count: count)
  }

  private func demand(_ requests: [RequestSize], resident: Int = 50_000_000) -> MemoryPlan.Demand {
    MemoryPlan.Demand(
      footprint: footprint, resident: resident, embeddings: 800_000, requests: requests)
  }

  private func options(
    workers: Int = 2, lanes: Int = 192, batchTokens: Int = 8192
  ) -> EngineOptions {
    EngineOptions(
      workers: workers, threadsPerWorker: 1, maximumLanes: lanes, batchTokens: batchTokens)
  }

  /// Keys and values of fp32, in panels of 16 positions and blocks of 16 steps.
  @Test func cachesByHand() throws {
    #expect(footprint.promptCache(tokens: 100) == 6 * 2 * 112 * (32 + 32) * 4)
    // 32 of 33 tokens go through the model again: two blocks.
    #expect(footprint.generatedCache(lanes: 3, newTokens: 33) == 6 * 2 * 32 * 3 * (32 + 32) * 4)
    #expect(footprint.generatedCache(lanes: 3, newTokens: 1) == 0)
    let half = ModelFootprint(try ModelFolder(Fixtures.model), compute: .int8, cache: .bfloat16)
    #expect(2 * half.promptCache(tokens: 100) == footprint.promptCache(tokens: 100))
    // int8, and a scale per key and value.
    let byte = ModelFootprint(try ModelFolder(Fixtures.model), compute: .int8, cache: .int8)
    #expect(byte.promptCache(tokens: 100) == 6 * 2 * 112 * (32 + 32 + 2 * 4))
    #expect(byte.generatedCache(lanes: 3, newTokens: 33) == 6 * 2 * 32 * 3 * 2 * (32 + 4))
  }

  /// A small job holds all its rows at once, whatever the options allow.
  @Test func aSmallJobIsPlannedExactly() throws {
    let plan = MemoryPlan(demand(try requests(5)), options: options())
    #expect(plan.parts.promptCaches == 5 * footprint.promptCache(tokens: 100))
    #expect(plan.parts.answerCaches == 5 * footprint.generatedCache(lanes: 3, newTokens: 33))
    // Half of the tokens, and a prompt at most.
    #expect(plan.plannedPrefillTokens == 350)
  }

  /// 2 × 4 run, 16 and one per worker wait, and each prefilling worker holds 2.
  @Test func aLargeJobHoldsWhatRunsWaitsAndIsPrefilled() throws {
    let plan = MemoryPlan(
      demand(try requests(1000)), options: options(lanes: 12, batchTokens: 200))
    #expect(plan.parts.promptCaches == (8 + 18 + 4) * footprint.promptCache(tokens: 100))
    #expect(plan.parts.answerCaches == 8 * footprint.generatedCache(lanes: 3, newTokens: 33))
  }

  @Test func thePeakWindowCounts() throws {
    let heavy = try requests(1, tokens: 900, newTokens: 97)
    let light = try requests(500, tokens: 10, newTokens: 2)
    for place in [0, 250, 450] {
      let plan = MemoryPlan(
        demand(light[..<place] + heavy + light[place...]),
        options: options(workers: 1, lanes: 3, batchTokens: 10))
      #expect(
        plan.parts.answerCaches == footprint.generatedCache(lanes: 3, newTokens: 97), "\(place)")
      // It runs, 17 wait, and one is being prefilled.
      #expect(
        plan.parts.promptCaches == footprint.promptCache(tokens: 900)
          + 18 * footprint.promptCache(tokens: 10))
      #expect(plan.plannedPrefillTokens == 900)
    }
  }

  @Test func aSingleRequestMayExceedLanesAndBatch() throws {
    let plan = MemoryPlan(
      demand(try requests(3, beams: 8)), options: options(workers: 1, lanes: 2, batchTokens: 1))
    #expect(plan.parts.answerCaches == footprint.generatedCache(lanes: 8, newTokens: 33))
  }

  @Test func adaptersTakeTheCacheBudgetOrWhatIsInUse() throws {
    var demand = demand(try requests(5))
    for (budget, expected) in [(20, 50), (300, 300), (2000, 1000)] {
      demand.adapters = .init(bytes: Array(repeating: 10, count: 100), budget: budget)
      #expect(MemoryPlan(demand, options: options()).parts.adapters == expected)
    }
  }

  /// Whatever the limit: options that fit stay, others are lowered until they fit, and the
  /// error names a limit that would do.
  @Test func optionsAreLoweredUntilTheyFit() throws {
    let demand = demand(try requests(1000))
    var own = options()
    own.prefixMemory = 0  // its prompts share no beginnings
    let whole = MemoryPlan(demand, options: own)
    #expect(try MemoryPlan.fitting(whole.peak, demand, options: options()) == whole)
    let shortage = #expect(throws: MemoryPlan.Shortage.self) {
      try MemoryPlan.fitting(50_000_000, demand, options: options())
    }
    let needed = try #require(shortage?.needed)
    #expect(try MemoryPlan.fitting(needed, demand, options: options()).peak <= needed)
    var last = whole
    for limit in stride(from: whole.peak, to: needed + 1_000_000, by: -1_000_000) {
      let plan = try MemoryPlan.fitting(limit, demand, options: options())
      #expect(plan.peak <= limit && plan.refused == 0)
      #expect(plan.options.workers <= last.options.workers)
      last = plan
    }
    #expect(last.options.workers == 1 && last.options.threadsPerWorker == 2)
    #expect(last.options.maximumLanes < 48 && last.options.batchTokens < 1024)
  }

  @Test func aJobWithoutRowsMustFitToo() throws {
    #expect(throws: MemoryPlan.Shortage.self) {
      try MemoryPlan.fitting(40_000_000, demand([]), options: options())
    }
  }

  /// One row that is too large does not stop the others.
  @Test func theLargestRequestsAreRefused() throws {
    let demand = demand(try requests(20) + requests(1, tokens: 20_000, newTokens: 9000))
    let plan = try MemoryPlan.fitting(65_000_000, demand, options: options())
    #expect(plan.refused == 1 && plan.plannedPrefillTokens < 20_000 && plan.peak <= 65_000_000)
  }

  /// The memory left for caches admits each request that is not refused.
  @Test func admittedRequestsHaveMemory() throws {
    let sizes = try (1...200).flatMap { try requests(1, tokens: 5 * $0, newTokens: 1 + $0 % 40) }
    let demand = demand(sizes)
    let shortage = #expect(throws: MemoryPlan.Shortage.self) {
      try MemoryPlan.fitting(50_000_000, demand, options: options())
    }
    let needed = try #require(shortage?.needed)
    var refused = sizes.count
    for limit in stride(from: needed, to: needed + 20_000_000, by: 500_000) {
      let plan = try MemoryPlan.fitting(limit, demand, options: options())
      let caches = sizes.map {
        footprint.promptCache(tokens: $0.promptTokens)
          + footprint.generatedCache(lanes: 3, newTokens: $0.newTokens)
      }
      #expect(plan.peak <= limit)
      #expect(caches.count { $0 > plan.parts.caches } <= plan.refused)
      #expect(plan.refused <= refused)
      refused = plan.refused
    }
    #expect(refused == 0)
  }
}

@Suite struct EngineOptionsTests {
  /// The embedded model is small: a batch per thread, except for jobs of few lanes.
  @Test(arguments: [(nil, 4, 1), (1, 1, 4), (32, 1, 4), (33, 4, 1)] as [(Int?, Int, Int)])
  func fewLanesShareOneBatch(lanes: Int?, workers: Int, threads: Int) throws {
    let options = EngineOptions(
      threads: 4, for: try EmbeddedModel().decoder, allLanes: lanes)
    #expect(options.workers == workers)
    #expect(options.threadsPerWorker == threads)
  }
}
