public import ParaModel

/// How the engine uses the machine.
public struct EngineOptions: Sendable, Hashable {
  /// Batches that run concurrently, each on its own threads.
  public var workers: Int
  /// Threads inside one batch.
  public var threadsPerWorker: Int
  /// Lanes (request × beam) that one batch decodes at most; a single request may exceed it.
  public var maximumLanes: Int
  /// Prompt tokens of one prefill at most; a longer prompt is prefilled alone.
  public var batchTokens: Int
  /// Prefilled prompts that wait for lanes.
  public var queuedPrompts = 16
  /// Bytes that the prefilled beginnings take which prompts share; 0 prefills each prompt whole. Never
  /// changes a result.
  public var prefixMemory = 256_000_000

  public init(
    workers: Int, threadsPerWorker: Int, maximumLanes: Int = 192, batchTokens: Int = 8192
  ) {
    self.workers = max(1, workers)
    self.threadsPerWorker = max(1, threadsPerWorker)
    self.maximumLanes = max(1, maximumLanes)
    self.batchTokens = max(1, batchTokens)
  }

  /// Below this parameter count, one batch per thread is faster than one batch shared by all threads:
  /// there are no barriers, and with tens of lanes reading the weights twice overlaps with the
  /// products. Measured on two cores, 64 prompts, greedy, bf16: 1.2 × at 15 million parameters,
  /// 1.1 × at 110 million, 1.05 × at 1.1 billion. Above it, repeated weight reads cost more than
  /// barriers, and each batch's caches cost memory.
  private static let smallModel = 2_000_000_000

  /// Up to this many lanes a thread, a step is dominated by reading weights, which one shared batch
  /// reads once. Measured on two cores, greedy, bf16, 15 million to 1.1 billion parameters: 1.4 to
  /// 1.7 × as fast with one lane, 1 to 1.04 × with 16.
  private static let fewLanes = 8

  /// One batch per thread for small models; one batch on all threads for large ones and for jobs
  /// of few lanes.
  ///
  /// - Parameter allLanes: The lanes of the whole job, if known.
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
