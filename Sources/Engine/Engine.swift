import Dispatch
import Tensors
public import Transformer

/// Runs prompts through the model: prefill, then beam search in running batches.
///
/// Immutable and shared; each worker has a `Prefiller` or a `RunningBatch` of its own.
public final class Engine: Sendable {
  public let decoder: Decoder
  public let options: EngineOptions
  private let turns: DispatchSemaphore

  public init(_ decoder: Decoder, options: EngineOptions) {
    self.decoder = decoder
    self.options = options
    turns = DispatchSemaphore(value: options.workers)
  }

  /// Runs one pass when it is its turn: as many run at once as there are workers, whether they
  /// prefill or decode, so that their threads do not compete for the processor.
  func takingTurns<Value>(_ pass: () throws -> Value) rethrows -> Value {
    turns.wait()
    defer { turns.signal() }
    return try pass()
  }

  func makePass() -> Pass {
    Pass(workspace: Workspace(), parallel: Parallel(threads: options.threadsPerWorker))
  }
}
