import Dispatch
public import ParaDecoding
public import ParaModel
import ParaTensors

/// Runs prompts through the model: prefill, then beam search in continuously batched decode steps.
///
/// Immutable and shared by all workers; each worker has its own `Prefiller` or `RunningBatch`.
public final class Engine: Sendable {
  public let decoder: Decoder
  public let options: EngineOptions
  /// What admitted requests may hold together.
  let budget: MemoryBudget
  /// The longest prefill that the memory plan holds scratch for; a longer prompt reserves its own.
  let plannedPrefillTokens: Int
  /// The workers' common scan of the LM head.
  let scan: SharedScan
  /// Beginnings that prompts share; nil if each prompt is prefilled whole.
  let prefixes: PrefixCache?
  private let permits: DispatchSemaphore

  /// An engine without a memory limit, except that shared beginnings of prompts take at most
  /// `EngineOptions.prefixMemory`.
  public convenience init(_ decoder: Decoder, options: EngineOptions) {
    self.init(decoder, options: options, MemoryBudget(), plannedPrefillTokens: .max)
  }

  /// An engine with a plan's options that admits requests within a memory limit, whatever rows come.
  public convenience init(_ decoder: Decoder, plan: MemoryPlan, limit: Int) {
    let budget = MemoryBudget(limit: limit - plan.peak + plan.parts.caches)
    self.init(
      decoder, options: plan.options, budget, plannedPrefillTokens: plan.plannedPrefillTokens)
  }

  private init(
    _ decoder: Decoder, options: EngineOptions, _ budget: MemoryBudget, plannedPrefillTokens: Int
  ) {
    self.decoder = decoder
    self.options = options
    self.budget = budget
    self.plannedPrefillTokens = plannedPrefillTokens
    scan = SharedScan(decoder.head.scanned)
    prefixes = options.prefixMemory > 0 ? PrefixCache(bytes: options.prefixMemory) : nil
    permits = DispatchSemaphore(value: options.workers)
  }

  /// Runs one prefill or decode step under a concurrency permit. There are as many permits as
  /// workers, so that prefill and decode threads do not compete for cores.
  func withPermit<Value>(_ body: () throws -> Value) rethrows -> Value {
    permits.wait()
    defer { permits.signal() }
    return try body()
  }

  func makeForwardContext() -> ForwardContext {
    makeForwardContext(parallel: Parallel(threads: options.threadsPerWorker))
  }

  /// A context with a new, empty arena on the same threads.
  func makeForwardContext(parallel: Parallel) -> ForwardContext {
    ForwardContext(arena: Arena(), parallel: parallel)
  }

  /// Answers requests on the calling thread, in the order given: for single prompts and tests.
  ///
  /// Throws the first `SearchError`.
  public func generate(_ requests: [GenerationRequest]) throws -> [[Hypothesis]] {
    let prefilled = Prefiller(self).prefill(requests)
    let batch = RunningBatch<Int>(self)
    var answers = [[Hypothesis]](repeating: [], count: requests.count)
    for (index, prompt) in prefilled.enumerated() { batch.join(prompt, tag: index) }
    repeat {
      for (index, result) in batch.step() { answers[index] = try result.get() }
    } while batch.requestCount > 0
    return answers
  }
}
