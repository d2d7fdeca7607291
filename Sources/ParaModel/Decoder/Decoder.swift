import Foundation
public import ParaCheckpoints
public import ParaTensors

/// A frozen decoder-only language model of one of the families of `ModelFamilies`.
///
/// Immutable and shared by all workers; what a forward pass writes is in the worker's
/// `ForwardContext`. Each sequence of a packed batch brings its own adapter. `Decoder+Layer` is the
/// layer, `Decoder+Forward` prefill and decoding step.
public final class Decoder: Sendable {
  package let configuration: ModelConfiguration
  /// The data type of the products.
  public let compute: ComputeType
  let embedding: Weight  // [vocabulary, hidden]
  let layers: [LayerWeights<PackedWeight>]
  let finalNorm: Weight  // [1, hidden]
  package let head: ShortlistLMHead
  let rotary: RotaryTables
  let attention: Attention

  /// Reads the folder's weights, fp32, bf16 or fp16, and packs them for their products; embeddings
  /// stay in their file, mapped.
  ///
  /// - Parameters:
  ///   - cache: The KV cache's data type; by default that of the products, or bf16 where the model is
  ///     too large for int8 caches.
  ///   - threads: Threads to pack with.
  /// - Throws: A `CheckpointError` that names the file and the tensor which is missing, of a wrong
  ///   shape or unknown to such a model, or says that the model is too large for int8 caches.
  public init(
    _ folder: ModelFolder, compute: ComputeType = .float32, cache: KVCacheType? = nil,
    threads: Int = 1
  ) throws {
    let model = folder.configuration
    configuration = model
    self.compute = compute
    attention = Attention(model, compute, cache: cache)
    try attention.checkLimits(model, folder.url)
    var reader = WeightReader(folder)
    let parallel = Parallel(threads: threads)
    embedding = try reader.embedding()
    layers = try (0..<model.layers).map { layer in
      try LayerWeights(&reader, layer: layer) {
        PackedWeight($0, for: compute, parallel: parallel)
      }
    }
    finalNorm = try reader.finalNorm()
    head = ShortlistLMHead(
      try reader.head(), for: compute, cap: model.logitCap, parallel: parallel)
    try reader.finish()
    rotary = RotaryTables(model)
  }

  /// What its forward passes and caches take in memory.
  public var footprint: ModelFootprint {
    ModelFootprint(configuration, compute: compute, cache: attention.cache)
  }

  var activationTable: ActivationTable {
    ActivationTable(model: configuration, attention: attention, compute: compute)
  }

  /// Bytes of the mapped embeddings, which are read a row at a time.
  public var embeddingBytes: Int { embedding.byteCount }

  /// The KV cache's data type.
  public var cacheFormat: KVCacheType { attention.cache }

  /// The model's parameters, a tied head counted once.
  public var parameterCount: Int {
    layers.reduce(embedding.count + finalNorm.count) { $0 + $1.parameterCount(configuration) }
      + (configuration.tiedHead ? 0 : embedding.count)
  }

  /// Positions that prompt and answer together may fill.
  public var contextLength: Int { configuration.contextLength }
  /// True if that is a LongRoPE model's original context, beyond which it cannot be run.
  public var hasOriginalContext: Bool { configuration.hasOriginalContext }
  public var vocabularySize: Int { configuration.vocabularySize }
  /// Tokens that end an answer.
  public var endOfSequence: [Int32] { configuration.endOfSequence }
}

extension Attention {
  /// The int32 sums of products with an int8 cache must stay below 2³¹.
  private static let int8Limits = (positions: 1 << 17, headSize: 512)

  private static func allowsInt8(_ model: ModelConfiguration) -> Bool {
    model.contextLength <= int8Limits.positions && model.headSize <= int8Limits.headSize
  }

  /// A model's attention; without a cache type it caches the data type of the products where it can.
  init(_ model: ModelConfiguration, _ compute: ComputeType, cache: KVCacheType?) {
    let usual = KVCacheType(compute)
    self.init(
      heads: model.heads, keyValueHeads: model.keyValueHeads, headSize: model.headSize,
      scale: model.attentionScale, cap: model.attentionCap,
      cache: cache ?? (usual == .int8 && !Self.allowsInt8(model) ? .bfloat16 : usual))
  }

  fileprivate func checkLimits(_ model: ModelConfiguration, _ url: URL) throws {
    guard cache == .int8, !Self.allowsInt8(model) else { return }
    throw CheckpointError(
      .unsupported, url,
      """
      has a context of \(model.contextLength) tokens and heads of \(headSize) features; int8 caches hold at most \
      \(Self.int8Limits.positions) and \(Self.int8Limits.headSize): use kv_cache_type: bfloat16.
      """)
  }
}
