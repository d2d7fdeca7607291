import ParaCheckpoints
import ParaTensors

/// The weights of one layer.
struct LayerWeights: Sendable {
  let attentionNorms: BlockNorms
  let feedForwardNorms: BlockNorms
  /// Norms of queries and keys, [1, headSize] or [1, heads × headSize]; nil where the family has
  /// none.
  let queryNorm: Weight?
  let keyNorm: Weight?
  let projections: ProjectionTable<PackedWeight>  // each [outputSize, inputSize]
  let biases: ProjectionTable<Weight?>  // the model's own, each [1, outputSize]

  /// Norms around the attention or the feed-forward block, each [1, hidden].
  struct BlockNorms: Sendable {
    /// Of what the block reads.
    let before: Weight?
    /// Of what the block adds to the hidden states.
    let after: Weight?
  }

  init(_ reader: inout WeightReader, layer: Int) throws {
    let model = reader.model
    let prefix = "model.layers.\(layer)."
    func norm(_ place: ModelConfiguration.BlockNorm) throws -> Weight? {
      try model.norms[place].map {
        try reader.norm(prefix + $0 + ".weight", count: model.hiddenSize)
      }
    }
    attentionNorms = BlockNorms(
      before: try norm(.beforeAttention), after: try norm(.afterAttention))
    feedForwardNorms = BlockNorms(
      before: try norm(.beforeFeedForward), after: try norm(.afterFeedForward))
    (queryNorm, keyNorm) = try Self.queryKeyNorms(&reader, prefix)
    projections = try ProjectionTable { projection in
      try reader.matrix(
        prefix + projection.path + ".weight", rows: projection.outputSize(model),
        columns: projection.inputSize(model))
    }
    biases = try ProjectionTable<Weight?> { projection in
      guard projection.hasBias(model) else { return nil }
      return try reader.vector(
        prefix + projection.path + ".bias", count: projection.outputSize(model))
    }
    reader.releasePages()
  }

  private static func queryKeyNorms(
    _ reader: inout WeightReader, _ prefix: String
  ) throws -> (query: Weight?, key: Weight?) {
    let model = reader.model
    let (query, key) = (prefix + "self_attn.q_norm.weight", prefix + "self_attn.k_norm.weight")
    let counts: (query: Int, key: Int)
    switch model.queryKeyNorm {
    case .none: return (nil, nil)
    case .perHead: counts = (model.headSize, model.headSize)
    case .wholeWidth: counts = (model.querySize, model.keyValueSize)
    }
    return (try reader.norm(query, count: counts.query), try reader.norm(key, count: counts.key))
  }

  var parameterCount: Int {
    let norms = [
      attentionNorms.before, attentionNorms.after, feedForwardNorms.before,
      feedForwardNorms.after, queryNorm, keyNorm,
    ]
    return norms.reduce(0) { $0 + ($1?.count ?? 0) }
      + Projection.allCases.reduce(0) { sum, projection in
        sum + projections[projection].rows * projections[projection].columns
          + (biases[projection]?.count ?? 0)
      }
  }
}

extension Projection {
  fileprivate func hasBias(_ model: ModelConfiguration) -> Bool {
    switch self {
    case .query, .key, .value: model.attentionBias != .none
    case .output: model.attentionBias == .everywhere
    case .gate, .up, .down: model.feedForwardBias
    }
  }
}

/// Reads a model folder's tensors, and keeps account of them: a tensor that nothing has read is
/// refused.
struct WeightReader {
  private let folder: ModelFolder
  private var used: Set<String> = []
  private let compute: ComputeType
  private let parallel: Parallel
  var model: ModelConfiguration { folder.configuration }

  init(_ folder: ModelFolder, compute: ComputeType, parallel: Parallel) {
    self.folder = folder
    self.compute = compute
    self.parallel = parallel
  }

  /// A projection's weight, packed for its products.
  mutating func matrix(_ name: String, rows: Int, columns: Int) throws -> PackedWeight {
    PackedWeight(
      try stored(name, rows: rows, columns: columns), for: compute, parallel: parallel)
  }

  /// The LM head, whose weight is the embedding's where they are tied.
  mutating func head() throws -> ShortlistLMHead {
    ShortlistLMHead(
      try stored(
        model.tiedHead ? "model.embed_tokens.weight" : "lm_head.weight",
        rows: model.vocabularySize, columns: model.hiddenSize),
      for: compute, cap: model.logitCap, parallel: parallel)
  }

  /// A matrix in the data type of its file.
  mutating func stored(_ name: String, rows: Int, columns: Int) throws -> Weight {
    used.insert(name)
    return try folder.storedWeight(name, rows: rows, columns: columns)
  }

  /// A vector in fp32, [1, count].
  mutating func vector(_ name: String, count: Int) throws -> Weight {
    used.insert(name)
    return try folder.weight(name, rows: 1, columns: count)
  }

  /// The factors of an RMS norm: its stored weights and the model's offset.
  mutating func norm(_ name: String, count: Int) throws -> Weight {
    let stored = try vector(name, count: count)
    guard model.normOffset != 0 else { return stored }
    return Weight(
      FloatBuffer(stored.array.map { $0 + model.normOffset }), rows: 1, columns: stored.columns)
  }

  /// Lets the system drop the pages of tensors that have been packed.
  func releasePages() { folder.releasePages() }

  /// Throws if the folder holds tensors that were not read.
  func finish() throws {
    try folder.refuseTensors(except: used)
    releasePages()
  }
}
