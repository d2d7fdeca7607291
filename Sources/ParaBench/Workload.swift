public import ParaAdapters
public import ParaTensors

/// A made-up piece of work of a known size: random prompts of one length, answered to one length.
public struct Workload: Sendable, Hashable, Codable {
  public var prompts = 64
  public var promptTokens = 128
  /// Tokens of each answer; one is prefill alone.
  public var newTokens = 64
  public var beams = 3
  public var compute = ComputeType.bfloat16
  /// The numbers of the caches; nil are those that go with the products.
  public var cache: KVCacheType?
  public var threads = 2
  /// Batches side by side; nil leaves it to the model's size.
  public var workers: Int?
  /// The kind of random adapters; nil is the bare model.
  public var adapters: AdapterMethod?
  /// Kinds of random adapters that are measured by turns with the bare model.
  public var byTurns: [AdapterMethod] = []
  /// How many different adapters the prompts are spread over.
  public var adapterCount = 64
  /// Lanes that one batch runs at most.
  public var lanes = 192

  public init() {}

  /// One request after the other, with all threads.
  public mutating func runOneAtATime() {
    workers = 1
    lanes = beams
  }

  /// Prompts that are prefilled and then decoded side by side; with more, memory does not grow.
  func promptsAtOnce(workers: Int) -> Int { min(prompts, workers * max(1, lanes / beams)) }
}
