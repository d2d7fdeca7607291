import ParaTensors

/// The seconds that a workload must take at the machine's limits: prefill, then for each step the
/// larger of its operations over their peak and its bytes over the memory's.
///
/// Attention counts among the operations. Bytes are the weights, once a step however many batches
/// run side by side, and what is read of the caches: a request's prompt once for all its beams,
/// generated rows once a lane. Adapters are not counted. Where all that fits into the processor's
/// caches, a workload can be faster than its roof.
struct Roof: Sendable, Hashable {
  private(set) var prefill = 0.0
  private(set) var decode = 0.0
  var seconds: Double { prefill + decode }

  /// - Parameters:
  ///   - workers: Batches side by side, each of the workload's `lanes`.
  ///   - head: The numbers that the head's products run on, if not the workload's.
  init(
    _ model: ModelWork, _ work: Workload, workers: Int, head: ComputeType? = nil,
    _ limits: MachineLimits
  ) {
    let prompts = work.promptsAtOnce(workers: workers)
    let waves = Double(work.prompts) / Double(prompts)
    let head = head ?? work.compute
    // fp32 products read weights as they are stored, which is bf16.
    func bytes(_ weights: Int, _ compute: ComputeType) -> Int {
      weights * (compute == .int8 ? 1 : 2)
    }
    let weightBytes = bytes(model.layers, work.compute) + bytes(model.head, head)
    let cache = work.cache ?? KVCacheType(work.compute)
    let cached = limits.operations(cache == .float32 ? .float32 : .bfloat16)
    func time(products: Int, states: Int, attention: Int, bytes: Int) -> Double {
      let operations =
        2 * Double(products) / limits.operations(work.compute) + 2 * Double(attention) / cached
        + 2 * Double(states * model.head) / limits.operations(head)
      return waves * max(operations, Double(bytes) / limits.memory)
    }
    let length = work.promptTokens
    // A token attends to itself and all before it; only a prompt's last one needs the head and, but
    // for keys and values, the last layer.
    let others = length - 1
    prefill = time(
      products: prompts * (length * model.layers - others * model.lastLayer), states: prompts,
      attention: prompts
        * (length * (length + 1) / 2 * model.attention - length * others / 2 * model.layerAttention),
      bytes: weightBytes)
    let lanes = prompts * work.beams
    for generated in 1..<max(1, work.newTokens) {
      decode += time(
        products: lanes * model.layers, states: lanes,
        attention: lanes * (length + generated) * model.attention,
        bytes: weightBytes + prompts * (length + work.beams * generated) * model.cache * cache.bytes
      )
    }
  }
}
