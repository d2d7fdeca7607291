/// `config.json` as Hugging Face writes it, over its family's defaults: the file's names; what may
/// be null, or belongs to some families only, is optional.
struct ModelConfigurationFile: Decodable {
  var vocabSize: Int
  var hiddenSize: Int
  var intermediateSize: Int
  var numHiddenLayers: Int
  var numAttentionHeads: Int
  var numKeyValueHeads: Int?
  var headDim: Int?
  var maxPositionEmbeddings: Int
  var rmsNormEps: Double
  var ropeTheta: Double
  var ropeScaling: RopeScaling?
  /// Where transformers 5 keeps theta and scaling together.
  var ropeParameters: RopeScaling?
  var partialRotaryFactor: Double
  var hiddenAct: String
  var hiddenActivation: String?
  var tieWordEmbeddings: Bool
  var attentionBias: Bool
  var mlpBias: Bool
  var slidingWindow: Int?
  var useSlidingWindow: Bool?
  var maxWindowLayers: Int?
  var layerTypes: [String]?
  var queryPreAttnScalar: Double?
  var attnLogitSoftcapping: Double?
  var finalLogitSoftcapping: Double?
  var eosTokenId: OneOrMany?

  struct RopeScaling: Decodable {
    var ropeTheta: Double?
    var ropeType: String?
    var type: String?
    var factor: Double?
    var lowFreqFactor: Double?
    var highFreqFactor: Double?
    var originalMaxPositionEmbeddings: Double?
  }

  /// A number or a list of numbers.
  struct OneOrMany: Decodable {
    var values: [Int32]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      values = try (try? container.decode([Int32].self)) ?? [container.decode(Int32.self)]
    }
  }
}
