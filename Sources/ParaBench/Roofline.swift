import ParaCheckpoints
import ParaTensors

/// The time that a workload must take at the machine's limits: for prefill and for each decoding
/// step the larger of operations / peak arithmetic and bytes / memory bandwidth.
///
/// Operations include attention's. Bytes are the weights, once a step however many batches run side
/// by side, and the KV caches: a request's prompt once for all its beams, generated positions once a
/// lane. Adapters are not counted. A workload that fits into the processor's caches can be faster.
struct Roofline: Sendable, Hashable {
  private(set) var prefill = 0.0
  private(set) var decode = 0.0
  var seconds: Double { prefill + decode }

  /// - Parameters:
  ///   - workers: Batches side by side, each of the workload's `lanes`.
  ///   - head: The compute type of the LM head, where it is not the workload's.
  init(
    _ model: ModelCost, _ work: Workload, workers: Int, head: ComputeType? = nil,
    _ limits: MachineLimits
  ) {
    let prompts = work.concurrentPrompts(workers: workers)
    let batches = Double(work.prompts) / Double(prompts)
    let head = head ?? work.compute
    // fp32 products read weights as they are stored: in bf16.
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
      return batches * max(operations, Double(bytes) / limits.memory)
    }
    let length = work.promptTokens
    // A token attends to itself and all before it. Only a prompt's last token needs the LM head
    // and, except for keys and values, the last layer.
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

/// A model's arithmetic and cached values for each token, whatever the engine.
struct ModelCost: Sendable, Hashable {
  /// Multiply-adds a token in all layers' projections: equal to their number of weights.
  var layers: Int
  /// Multiply-adds a token in the LM head.
  var head: Int
  /// Multiply-adds of the last layer that only a prompt's last token needs: all but keys and values.
  var lastLayer: Int
  /// Multiply-adds of a token with each position that it attends to: scores and values, all layers.
  var attention: Int
  /// The same in one layer.
  var layerAttention: Int
  /// Values in the KV cache for each position.
  var cache: Int
}

extension ModelCost {
  init(_ model: ModelConfiguration) {
    let projections =
      2 * model.hiddenSize * (model.querySize + model.keyValueSize)
      + 3 * model.hiddenSize * model.feedForwardSize
    self.init(
      layers: model.layers * projections, head: model.vocabularySize * model.hiddenSize,
      lastLayer: projections - 2 * model.hiddenSize * model.keyValueSize,
      attention: 2 * model.layers * model.querySize, layerAttention: 2 * model.querySize,
      cache: 2 * model.layers * model.keyValueSize)
  }
}
