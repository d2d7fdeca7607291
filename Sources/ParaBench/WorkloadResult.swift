/// What a workload took.
public struct WorkloadResult: Sendable, Hashable, Codable {
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
  public var adapterCosts: [AdapterCost]
  public var peakMemoryBytes: Int?
}
