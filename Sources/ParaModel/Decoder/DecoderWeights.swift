import ParaCheckpoints
import ParaTensors

/// The weights of one layer, its projections packed for the decoder or as the reference decoder
/// reads them.
struct LayerWeights<ProjectionWeight: Sendable>: Sendable {
  let attentionNorms: BlockNorms
  let feedForwardNorms: BlockNorms
  /// Norms of queries and keys, [1, headSize] or [1, heads × headSize]; nil where the family has
  /// none.
  let queryNorm: Weight?
  let keyNorm: Weight?
  let projections: ProjectionTable<ProjectionWeight>  // each [outputSize, inputSize]
  let biases: ProjectionTable<Weight?>  // the model's own, each [1, outputSize]

  /// Norms around the attention or the feed-forward block, each [1, hidden].
  struct BlockNorms: Sendable {
    /// Of what the block reads.
    let before: Weight?
    /// Of what the block adds to the hidden states.
    let after: Weight?
  }

  init(
    _ reader: inout WeightReader, layer: Int, packing: (Weight) -> ProjectionWeight
  ) throws {
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
      packing(
        try reader.stored(
          prefix + projection.path + ".weight", rows: projection.outputSize(model),
          columns: projection.inputSize(model)))
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

  func parameterCount(_ model: ModelConfiguration) -> Int {
    let norms = [
      attentionNorms.before, attentionNorms.after, feedForwardNorms.before,
      feedForwardNorms.after, queryNorm, keyNorm,
    ]
    return norms.reduce(0) { $0 + ($1?.count ?? 0) }
      + Projection.allCases.reduce(0) { sum, projection in
        sum + projection.outputSize(model) * projection.inputSize(model)
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

extension ModelFolder {
  /// Throws what `Decoder.init` would for the folder's tensors, without keeping any.
  package func checkTensors() throws {
    var reader = WeightReader(self)
    _ = try (reader.embedding(), reader.finalNorm(), reader.head())
    for layer in 0..<configuration.layers {
      _ = try LayerWeights(&reader, layer: layer) { _ in () }
    }
    try reader.finish()
  }
}

/// Reads a model folder's tensors, and keeps account of them: a tensor that nothing has read is
/// refused.
struct WeightReader {
  private let folder: ModelFolder
  private var used: Set<String> = []
  var model: ModelConfiguration { folder.configuration }

  init(_ folder: ModelFolder) { self.folder = folder }

  /// The token embeddings, [vocabulary, hidden].
  mutating func embedding() throws -> Weight {
    try stored(
      "model.embed_tokens.weight", rows: model.vocabularySize, columns: model.hiddenSize)
  }

  /// The LM head's weight, which is the embedding's where they are tied, [vocabulary, hidden].
  mutating func head() throws -> Weight {
    guard !model.tiedHead else { return try embedding() }
    return try stored("lm_head.weight", rows: model.vocabularySize, columns: model.hiddenSize)
  }

  /// The norm before the LM head, [1, hidden].
  mutating func finalNorm() throws -> Weight {
    try norm("model.norm.weight", count: model.hiddenSize)
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
