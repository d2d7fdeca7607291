import ParaModel

extension MemoryPlan {
  /// No request of the job fits into the limit, even alone and with the smallest options.
  public struct Shortage: Error, Sendable, Hashable {
    public let needed: Int
    public let limit: Int
  }

  /// The plan with the given options, or with the nearest smaller ones whose peak is within a limit.
  ///
  /// Lowers the size of a prefill, the prompts that wait for lanes and the lanes, whichever saves
  /// most at each step, down to a floor that costs little speed; then replaces several workers by
  /// one; then lowers further, lanes last, because few lanes read the weights for little work.
  /// If the smallest options do not fit either, they are planned for those requests that fit alone;
  /// admission refuses the others.
  ///
  /// - Throws: ``Shortage`` if no request fits.
  public static func fitting(
    _ limit: Int, _ demand: Demand, options: EngineOptions
  ) throws(Shortage) -> MemoryPlan {
    var plan = MemoryPlan(demand, options: options)
    plan.lower(to: limit, demand, .comfortable)
    if plan.peak > limit {
      plan = MemoryPlan(demand, options: options.withOneWorker)
      for floor in [Floor.comfortable, .slow, .least] { plan.lower(to: limit, demand, floor) }
    }
    plan = plan.peak <= limit ? plan : try plan.forRequestsThatFit(limit, demand)
    plan.keepPrefixes(within: limit, demand)
    return plan
  }

  /// Gives the memory that is left to the beginnings that prompts share, as far as they need it.
  private mutating func keepPrefixes(within limit: Int, _ demand: Demand) {
    let bytes = max(0, min(demand.sharedPrefixes, options.prefixMemory, limit - peak))
    options.prefixMemory = bytes
    parts.sharedPrefixes = bytes
  }

  /// How far options are lowered.
  private struct Floor {
    var batchTokens: Int
    var queuedPrompts: Int
    var lanes: Int

    static let comfortable = Floor(batchTokens: 1024, queuedPrompts: 4, lanes: 48)
    static let slow = Floor(batchTokens: 256, queuedPrompts: 1, lanes: 48)
    /// A prefill of fewer tokens than a row block is slower and hardly smaller.
    static let least = Floor(batchTokens: 128, queuedPrompts: 1, lanes: 1)
  }

  private mutating func lower(to limit: Int, _ demand: Demand, _ floor: Floor) {
    while peak > limit {
      let plans = [
        lowered(\.batchTokens, least: floor.batchTokens, demand),
        lowered(\.queuedPrompts, least: floor.queuedPrompts, demand),
        lowered(\.maximumLanes, least: floor.lanes, demand),
      ]
      guard let best = plans.compactMap(\.self).min(by: { $0.peak < $1.peak }) else { return }
      self = best
    }
  }

  /// The plan with an option halved until that saves memory; nil if it never does.
  private func lowered(
    _ option: WritableKeyPath<EngineOptions, Int>, least: Int, _ demand: Demand
  ) -> MemoryPlan? {
    var options = options
    while options[keyPath: option] > least {
      options[keyPath: option] = max(least, options[keyPath: option] / 2)
      let plan = MemoryPlan(demand, options: options)
      if plan.peak < peak { return plan }
    }
    return nil
  }

  /// The plan for the requests that fit one at a time; ``MemoryBudget`` limits how many run together.
  ///
  /// Binary search over the peaks that single requests have: the largest one to plan for.
  private func forRequestsThatFit(_ limit: Int, _ demand: Demand) throws(Shortage) -> MemoryPlan {
    func plan(_ requests: [RequestSize]) -> MemoryPlan {
      var some = demand
      some.requests = requests
      var plan = MemoryPlan(some, options: options)
      plan.parts.rows = parts.rows  // refused rows are read too
      return plan
    }
    let alone = demand.requests.map { plan([$0]) }
    /// The plan for the requests whose peak alone is within a bound, and the memory that admits each
    /// of them: the scratch of all and the caches of the largest.
    func planned(upTo peak: Int) -> (plan: MemoryPlan, needed: Int) {
      let some = zip(demand.requests, alone).filter { $1.peak <= peak }
      var plan = plan(some.map(\.0))
      plan.refused = demand.requests.count - some.count
      let room = plan.peak - plan.parts.caches
      return (plan, room + (some.map(\.1.parts.caches).max() ?? 0))
    }
    let peaks = Set(alone.map(\.peak)).sorted()
    let least = planned(upTo: peaks.first ?? 0)
    guard least.needed <= limit else { throw Shortage(needed: least.needed, limit: limit) }
    var (plan, others) = (least.plan, peaks.dropFirst())
    while !others.isEmpty {
      let middle = others.startIndex + others.count / 2
      let found = planned(upTo: others[middle])
      if found.needed <= limit {
        plan = found.plan
        others = others[(middle + 1)...]
      } else {
        others = others[..<middle]
      }
    }
    plan.parts.limitCaches(to: limit - plan.peak + plan.parts.caches)
    return plan
  }
}

extension EngineOptions {
  fileprivate var withOneWorker: EngineOptions {
    var options = self
    options.workers = 1
    options.threadsPerWorker *= workers
    return options
  }
}
