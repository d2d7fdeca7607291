import ParaJobs
import ParaReports
import ParaTensors

/// A job that does not fit into the memory that it may take, told before anything is written.
public struct MemoryError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Bytes that it takes at the least.
  public let needed: Int
  public let limit: Int
  /// Settings that would make it smaller.
  private let remedies: [String]

  init(needed: Int, limit: Int, _ job: Job) {
    self.needed = needed
    self.limit = limit
    let (compute, cache) = (job.engine.computeType, job.engine.cacheType)
    var remedies: [String] = []
    switch compute {
    case .float32: remedies.append("compute_type: int8 or bfloat16")
    case .bfloat16: remedies.append("compute_type: int8")
    case .int8: break
    }
    switch cache ?? KVCacheType(compute) {
    case .float32: remedies.append("kv_cache_type: int8 or bfloat16")
    case .bfloat16: remedies.append("kv_cache_type: int8")
    case .int8: break
    }
    if !job.adapters.isEmpty { remedies.append("a smaller adapter_memory") }
    self.remedies = remedies
  }

  public var description: String {
    let smaller =
      remedies.isEmpty ? "" : ", or make it smaller: \(remedies.joined(separator: ", "))"
    return """
      the job needs at least \(ByteCount(needed).text) of memory and may take \(ByteCount(limit).text): give it more by \
      --memory or engine: {memory: …}\(smaller)
      """
  }
}
