public import ParaModel

/// How the engine uses the machine.
public struct EngineOptions: Sendable, Hashable {
  /// Batches that run side by side, each on threads of its own.
  public var workers: Int
  /// Threads inside one batch.
  public var threadsPerWorker: Int
  /// Lanes (request × beam) that one batch runs at most; a single request may exceed it.
  public var maximumLanes: Int
  /// Prompt tokens that one prefill holds at most; a longer prompt is read alone.
  public var batchTokens: Int
  /// Prompts that have been read and wait for lanes.
  public var queuedPrompts = 16

  public init(
    workers: Int, threadsPerWorker: Int, maximumLanes: Int = 192, batchTokens: Int = 8192
  ) {
    self.workers = max(1, workers)
    self.threadsPerWorker = max(1, threadsPerWorker)
    self.maximumLanes = max(1, maximumLanes)
    self.batchTokens = max(1, batchTokens)
  }

  /// Below this many parameters, a batch for each thread is faster than one batch shared by all:
  /// threads never wait for each other, and with tens of lanes the second reading of the weights
  /// hides behind the products. Measured on two cores, 64 prompts: 15 million parameters 1.2 times,
  /// 110 million 1.1, 1.1 billion 1.05 (greedy, bf16). Beyond, weights read more than once cost
  /// more than waiting, and each batch's caches cost memory.
  private static let smallModel = 2_000_000_000

  /// Up to so many lanes a thread, the weights are most of what a step reads, and one batch reads them
  /// once. Measured on two cores, greedy, 15 million to 1.1 billion parameters in bf16: with one lane 1.4
  /// to 1.7 times as fast, with 16 as fast or up to 1.04 times.
  private static let fewLanes = 8

  /// Small models run a batch for each thread; large ones, and work of few lanes, share one batch's
  /// products between the threads.
  ///
  /// - Parameter allLanes: The lanes that all of the work has, if it is known.
  public init(
    threads: Int, for decoder: Decoder, allLanes: Int? = nil, maximumLanes: Int = 192,
    batchTokens: Int = 8192
  ) {
    let isShared =
      decoder.parameterCount >= Self.smallModel
      || allLanes.map { $0 <= Self.fewLanes * threads } ?? false
    self.init(
      workers: isShared ? 1 : threads, threadsPerWorker: isShared ? threads : 1,
      maximumLanes: maximumLanes, batchTokens: batchTokens)
  }
}
