import ParaAdapters
import ParaCheckpoints
import ParaTensors

/// The weights of one layer.
struct DecoderLayer: Sendable {
  let inputNorm: Weight  // [1, hidden]
  let feedForwardNorm: Weight  // [1, hidden]
  /// Applied to what a block gives, before it is added to the hidden states.
  let outputNorms: (attention: Weight, feedForward: Weight)?  // each [1, hidden]
  let projections: SiteTable<PackedWeight>  // each [outputSize, inputSize]
  let biases: SiteTable<Weight?>  // each [1, outputSize]

  /// Every number of the layer.
  var parameterCount: Int {
    let norms = [inputNorm, feedForwardNorm, outputNorms?.attention, outputNorms?.feedForward]
    return norms.reduce(0) { $0 + ($1?.count ?? 0) }
      + Site.allCases.reduce(0) { sum, site in
        sum + projections[site].rows * projections[site].columns + (biases[site]?.count ?? 0)
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
    var biases = SiteTable<Weight?>(repeating: nil)
    projections = try SiteTable { site in
      try reader.matrix(
        prefix + site.path + ".weight", rows: site.outputSize(model),
        columns: site.inputSize(model))
    }
    for site in Site.allCases {
      let outputs = site.outputSize(model)
      if site.hasBias(model) {
        biases[site] = try reader.vector(prefix + site.path + ".bias", count: outputs)
      }
    }
    self.biases = biases
    reader.releasePages()
  }
}

extension Site {
  fileprivate func hasBias(_ model: ModelConfiguration) -> Bool {
    switch self {
    case .query, .key, .value: model.attentionBias != .none
    case .output: model.attentionBias == .everywhere
    case .gate, .up, .down: model.feedForwardBias
    }
  }
}
