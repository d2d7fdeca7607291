import ParaCheckpoints
import ParaTensors

/// The weights of one layer.
struct DecoderLayer: Sendable {
  /// Norms of what a block reads or gives, each [1, hidden], where the model has them.
  let norms: [ModelConfiguration.BlockNorm: Weight]
  /// Norms of queries and keys: of each head [1, headSize], or of all [1, querySize] and
  /// [1, keyValueSize]; nil where the model has none.
  let queryNorm, keyNorm: Weight?
  let projections: ProjectionTable<PackedWeight>  // each [outputSize, inputSize]
  let biases: ProjectionTable<Weight?>  // each [1, outputSize]

  /// Weights, biases and norms of the layer.
  var parameterCount: Int {
    let norms = norms.values + [queryNorm, keyNorm].compactMap(\.self)
    return norms.reduce(0) { $0 + $1.count }
      + Projection.allCases.reduce(0) { sum, projection in
        sum + projections[projection].rows * projections[projection].columns
          + (biases[projection]?.count ?? 0)
      }
  }

  init(_ reader: inout WeightReader, index: Int) throws {
    let model = reader.model
    let prefix = "model.layers.\(index)."
    // In the same order every time, so that the same folder is refused in the same words.
    norms = try ModelConfiguration.BlockNorm.allCases.reduce(into: [:]) { norms, position in
      guard let name = model.norms[position] else { return }
      norms[position] = try reader.norm(prefix + name + ".weight", count: model.hiddenSize)
    }
    let perHead = model.queryKeyNorm == .perHead
    (queryNorm, keyNorm) =
      model.queryKeyNorm == .none
      ? (nil, nil)
      : (
        try reader.norm(
          prefix + "self_attn.q_norm.weight", count: perHead ? model.headSize : model.querySize),
        try reader.norm(
          prefix + "self_attn.k_norm.weight", count: perHead ? model.headSize : model.keyValueSize)
      )
    var biases = ProjectionTable<Weight?>(repeating: nil)
    projections = try ProjectionTable { projection in
      try reader.matrix(
        prefix + projection.path + ".weight", rows: projection.outputSize(model),
        columns: projection.inputSize(model))
    }
    for projection in Projection.allCases {
      let outputs = projection.outputSize(model)
      if projection.hasBias(model) {
        biases[projection] = try reader.vector(prefix + projection.path + ".bias", count: outputs)
      }
    }
    self.biases = biases
    reader.releasePages()
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
