import Tensors
public import Transformer

/// Runs prompts through the model: prefill, then beam search in running batches.
///
/// Immutable and shared; each worker has a `Prefiller` or a `RunningBatch` of its own.
public final class Engine: Sendable {
  public let decoder: Decoder
  public let options: EngineOptions

  public init(_ decoder: Decoder, options: EngineOptions) {
    self.decoder = decoder
    self.options = options
  }

  func makePass() -> Pass {
    Pass(workspace: Workspace(), parallel: Parallel(threads: options.threadsPerWorker))
  }
}
