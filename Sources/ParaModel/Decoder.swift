import Foundation
public import ParaCheckpoints
public import ParaTensors

/// A frozen decoder-only language model of one of the families of `ModelFamilies`.
///
/// Immutable, so any number of workers may share it; what a pass needs to write
/// is in the worker's `Arena`. A pass takes the adjustments of each row's adapter beside the
/// row.
public final class Decoder: Sendable {
  package let configuration: ModelConfiguration
  /// The numbers that products run on.
  public let compute: ComputeType
  let embedding: Weight  // [vocabulary, hidden]
  let layers: [DecoderLayer]
  let finalNorm: Weight  // [1, hidden]
  package let head: ShortlistLMHead
  let rotary: RotaryTables
  let attention: Attention

  /// Reads the folder's weights, fp32, bf16 or fp16, and packs them for their products; embeddings
  /// stay in their file, mapped.
  ///
  /// - Parameters:
  ///   - cache: The numbers in which keys and values are kept; by default those of the products, or
  ///     bf16 where the model is too large for int8 caches.
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
    var reader = WeightReader(folder, compute: compute, parallel: Parallel(threads: threads))
    embedding = try reader.stored(
      "model.embed_tokens.weight", rows: model.vocabularySize, columns: model.hiddenSize)
    layers = try (0..<model.layers).map { try DecoderLayer(&reader, index: $0) }
    finalNorm = try reader.norm("model.norm.weight", count: model.hiddenSize)
    head = try reader.head()
    try reader.finish()
    rotary = RotaryTables(model)
  }

  /// What its passes and caches take in memory.
  public var footprint: ModelFootprint {
    ModelFootprint(configuration, compute: compute, cache: attention.cache)
  }

  /// Bytes of the mapped embeddings, which are read a row at a time.
  public var embeddingBytes: Int { embedding.byteCount }

  /// The numbers in which keys and values are kept.
  public var cacheFormat: KVCacheType { attention.cache }

  /// Numbers in the model, a tied head counted once.
  public var parameterCount: Int {
    layers.reduce(embedding.count + finalNorm.count) { $0 + $1.parameterCount }
      + (configuration.tiedHead ? 0 : embedding.count)
  }

  /// Positions that prompt and answer together may fill.
  public var contextLength: Int { configuration.contextLength }
  public var vocabularySize: Int { configuration.vocabularySize }
  /// Tokens that end an answer.
  public var endOfSequence: [Int32] { configuration.endOfSequence }
}

extension Attention {
  /// Sums of products with an int8 cache's bytes must stay below 2³¹.
  private static let int8Limits = (positions: 1 << 17, headSize: 512)

  private static func allowsInt8(_ model: ModelConfiguration) -> Bool {
    model.contextLength <= int8Limits.positions && model.headSize <= int8Limits.headSize
  }

  /// A model's attention; without a cache format it caches the numbers of the products where it can.
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
      has a context of \(model.contextLength) tokens and heads of \(headSize) numbers; int8 caches hold at most \
      \(Self.int8Limits.positions) and \(Self.int8Limits.headSize): use kv_cache_type: bfloat16.
      """)
  }
}
