public import Adapters
public import Tensors

/// A made-up piece of work of a known size: random prompts of one length, answered to one length.
public struct Workload: Sendable, Hashable, Codable {
  public var prompts = 64
  public var promptTokens = 128
  public var newTokens = 64
  public var beams = 3
  public var compute = ComputeType.bfloat16
  public var threads = 2
  /// Batches side by side; nil leaves it to the model's size.
  public var workers: Int?
  /// The kind of random adapters; nil is the bare model.
  public var adapters: AdapterMethod?
  /// How many different adapters the prompts are spread over.
  public var adapterCount = 64
  /// Lanes that one batch runs at most.
  public var lanes = 192

  public init() {}
}

/// What a workload took.
public struct WorkloadResult: Sendable, Codable {
  public var workload: Workload
  public var model: String
  public var kernels: String
  public var workers: Int
  public var threadsPerWorker: Int
  /// From opening the folder to a model that is ready.
  public var startUpSeconds: Double
  /// From the model's being ready to the first token of the first prompt, alone.
  public var firstTokenSeconds: Double
  public var prefillSeconds: Double
  public var decodeSeconds: Double
  public var seconds: Double
  public var prefillTokensPerSecond: Double
  /// Tokens of answers, one for each position whatever the beams, over the whole time.
  public var newTokensPerSecond: Double
  public var peakMemoryBytes: Int?
}
