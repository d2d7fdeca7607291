import Adapters
import Checkpoints
import Tensors

/// The weights of one layer.
struct DecoderLayer: Sendable {
  let inputNorm: Weight  // [1, hidden]
  let feedForwardNorm: Weight  // [1, hidden]
  /// Applied to what a block gives, before it is added to the hidden states.
  let outputNorms: (attention: Weight, feedForward: Weight)?  // each [1, hidden]
  let projections: SiteTable<Weight>  // each [outputSize, inputSize]
  let biases: SiteTable<Weight?>  // each [1, outputSize]

  /// Every number of the layer.
  var parameterCount: Int {
    let norms = [inputNorm, feedForwardNorm, outputNorms?.attention, outputNorms?.feedForward]
    let sites = Site.allCases.flatMap { [projections[$0], biases[$0]] }
    return (norms + sites).reduce(0) { $0 + ($1?.count ?? 0) }
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
    var weights = SiteTable(repeating: inputNorm)
    var biases = SiteTable<Weight?>(repeating: nil)
    for site in Site.allCases {
      let outputs = site.outputSize(model)
      weights[site] = try reader.matrix(
        prefix + site.path + ".weight", rows: outputs, columns: site.inputSize(model))
      if site.hasBias(model) {
        biases[site] = try reader.vector(prefix + site.path + ".bias", count: outputs)
      }
    }
    projections = weights
    self.biases = biases
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
