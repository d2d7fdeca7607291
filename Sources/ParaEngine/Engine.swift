import Dispatch
public import ParaModel
import ParaTensors

/// Runs prompts through the model: prefill, then beam search in running batches.
///
/// Immutable and shared; each worker has a `Prefiller` or a `RunningBatch` of its own.
public final class Engine: Sendable {
  public let decoder: Decoder
  public let options: EngineOptions
  /// What requests may hold together, and the longest prefill that comes with no request's own share.
  let memory: (budget: MemoryBudget, passTokens: Int)
  private let turns: DispatchSemaphore

  /// An engine that takes on what its options allow, whatever memory that needs.
  public convenience init(_ decoder: Decoder, options: EngineOptions) {
    self.init(decoder, options: options, memory: (MemoryBudget(), .max))
  }

  /// An engine that keeps to a plan's options and, whatever rows come, within a limit of memory.
  public convenience init(_ decoder: Decoder, plan: MemoryPlan, limit: Int) {
    let budget = MemoryBudget(limit: limit - plan.peak + plan.parts.caches)
    self.init(decoder, options: plan.options, memory: (budget, plan.passTokens))
  }

  private init(
    _ decoder: Decoder, options: EngineOptions, memory: (budget: MemoryBudget, passTokens: Int)
  ) {
    self.decoder = decoder
    self.options = options
    self.memory = memory
    turns = DispatchSemaphore(value: options.workers)
  }

  /// Runs one pass when it is its turn: as many run at once as there are workers, whether they
  /// prefill or decode, so that their threads do not compete for the processor.
  func takingTurns<Value>(_ context: () throws -> Value) rethrows -> Value {
    turns.wait()
    defer { turns.signal() }
    return try context()
  }

  func makeForwardContext() -> ForwardContext {
    makeForwardContext(parallel: Parallel(threads: options.threadsPerWorker))
  }

  /// A new arena on the same threads.
  func makeForwardContext(parallel: Parallel) -> ForwardContext {
    ForwardContext(arena: Arena(), parallel: parallel)
  }
}
