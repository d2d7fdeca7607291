import ParaCheckpoints
import ParaTensors

/// The weights of one layer.
struct DecoderLayer: Sendable {
  let inputNorm: Weight  // [1, hidden]
  let feedForwardNorm: Weight  // [1, hidden]
  /// Applied to what a block gives, before it is added to the hidden states.
  let outputNorms: (attention: Weight, feedForward: Weight)?  // each [1, hidden]
  let projections: ProjectionTable<PackedWeight>  // each [outputSize, inputSize]
  let biases: ProjectionTable<Weight?>  // each [1, outputSize]

  /// Every number of the layer.
  var parameterCount: Int {
    let norms = [inputNorm, feedForwardNorm, outputNorms?.attention, outputNorms?.feedForward]
    return norms.reduce(0) { $0 + ($1?.count ?? 0) }
      + Projection.allCases.reduce(0) { sum, projection in
        sum + projections[projection].rows * projections[projection].columns
          + (biases[projection]?.count ?? 0)
      }
  }

  init(_ reader: inout WeightReader, index: Int) throws {
    let model = reader.model
    let prefix = "model.layers.\(index)."
    inputNorm = try reader.norm(prefix + "input_layernorm.weight")
    if model.outputNorms {
      feedForwardNorm = try reader.norm(prefix + "pre_feedforward_layernorm.weight")
      outputNorms = (
        try reader.norm(prefix + "post_attention_layernorm.weight"),
        try reader.norm(prefix + "post_feedforward_layernorm.weight")
      )
    } else {
      feedForwardNorm = try reader.norm(prefix + "post_attention_layernorm.weight")
      outputNorms = nil
    }
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
