public import Transformer

/// How the engine uses the machine.
public struct EngineOptions: Sendable, Hashable {
  /// Batches that run side by side, each on threads of its own.
  public var workers: Int
  /// Threads inside one batch.
  public var threadsPerWorker: Int
  /// Lanes (request × beam) that one batch runs at most; a single request may exceed it.
  public var maximumLanes: Int

  public init(workers: Int, threadsPerWorker: Int, maximumLanes: Int = 192) {
    self.workers = max(1, workers)
    self.threadsPerWorker = max(1, threadsPerWorker)
    self.maximumLanes = max(1, maximumLanes)
  }

  /// Below this many parameters, waiting for each other at every product costs threads more than
  /// they gain.
  private static let smallModel = 50_000_000

  /// Small models run a batch per thread, large ones share one batch's products between the
  /// threads.
  public init(threads: Int, for decoder: Decoder, maximumLanes: Int = 192) {
    let small = decoder.parameterCount < Self.smallModel
    self.init(
      workers: small ? threads : 1, threadsPerWorker: small ? 1 : threads,
      maximumLanes: maximumLanes)
  }
}
