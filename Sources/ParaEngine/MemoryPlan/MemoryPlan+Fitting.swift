import ParaModel

extension MemoryPlan {
  /// Even the least that one of a job's requests could be answered in is more than there is.
  public struct Shortage: Error, Sendable, Hashable {
    public let needed: Int
    public let limit: Int
  }

  /// The plan with the given options, or with the nearest smaller ones whose peak is within a limit.
  ///
  /// Smaller prefills, fewer prompts that wait for lanes and fewer lanes: what saves most goes first,
  /// lanes last where they get so few that weights are read for little; before that, one worker
  /// takes the place of several.
  /// Where not even the least options have room, they are planned for the requests that fit alone;
  /// ``MemoryBudget`` refuses the others when they come.
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
    return plan.peak <= limit ? plan : try plan.forThoseThatFit(limit, demand)
  }

  /// How far options are lowered.
  private struct Floor {
    var batchTokens: Int
    var queuedPrompts: Int
    var lanes: Int

    static let comfortable = Floor(batchTokens: 1024, queuedPrompts: 4, lanes: 48)
    static let slow = Floor(batchTokens: 256, queuedPrompts: 1, lanes: 48)
    /// Below a block of rows a prefill is slower and hardly smaller.
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

  /// The plan with an option halved, as often as it takes to save anything; nil if nothing does.
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

  /// The plan for the requests that are small enough to be held one at a time; ``MemoryBudget`` keeps
  /// their number down.
  private func forThoseThatFit(_ limit: Int, _ demand: Demand) throws(Shortage) -> MemoryPlan {
    func plan(_ requests: [RequestSize]) -> MemoryPlan {
      var some = demand
      some.requests = requests
      var plan = MemoryPlan(some, options: options)
      plan.parts.rows = parts.rows  // also those that are refused are read
      return plan
    }
    let alone = demand.requests.map { plan([$0]) }
    /// Of the requests that alone take no more than so much, and what the largest of them needs
    /// beside the scratch of all.
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
    plan.parts.keepCaches(within: limit - plan.peak + plan.parts.caches)
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
