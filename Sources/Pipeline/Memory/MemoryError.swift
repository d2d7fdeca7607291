import Tensors

/// A job that does not fit into the memory that it may take, told before anything is written.
public struct MemoryError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Bytes that it takes at the least.
  public let needed: Int
  public let limit: Int
  private let remedies: [String]

  init(needed: Int, limit: Int, _ engine: Job.Engine) {
    self.needed = needed
    self.limit = limit
    var remedies = ["give it more by --memory or the job's engine: {memory: …}"]
    if engine.computeType != .int8 { remedies.append("compute_type: int8") }
    if engine.computeType == .float32 { remedies.append("compute_type: bfloat16") }
    if engine.cacheType != .bfloat16, engine.computeType == .float32 || engine.cacheType != nil {
      remedies.append("kv_cache_type: bfloat16")
    }
    self.remedies = remedies
  }

  public var description: String {
    """
    the job needs at least \(ByteCount(needed).text) of memory and may take \(ByteCount(limit).text): \
    \(remedies.joined(separator: ", or make it smaller by "))
    """
  }
}
