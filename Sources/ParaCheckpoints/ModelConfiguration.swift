package import Foundation
package import ParaTensors

/// A decoder's resolved shape, constants and features: what its family means, without its name.
package struct ModelConfiguration: Sendable, Hashable {
  package let vocabularySize: Int
  package let hiddenSize: Int
  package let feedForwardSize: Int
  package let layers: Int
  package let heads: Int
  package let keyValueHeads: Int
  package let headSize: Int
  /// Positions the model was made for; prompt and answer together must fit.
  package let contextLength: Int
  package let normEpsilon: Float
  package let ropeTheta: Double
  package let rotaryScaling: RotaryScaling
  package let tiedHead: Bool
  package let endOfSequence: [Int32]

  // What families differ in, at its plainest until a family says otherwise.

  package internal(set) var activation: GatedActivation
  package internal(set) var attentionBias = AttentionBias.none
  /// True if gate, up and down projections have biases.
  package internal(set) var feedForwardBias = false
  /// True if norms follow the attention and the feed-forward block too, before the residual sum.
  package internal(set) var outputNorms = false
  /// Added to the stored weights of every norm.
  package internal(set) var normOffset: Float = 0
  package internal(set) var embeddingScale: Float = 1
  /// What query · key is multiplied by.
  package internal(set) var attentionScale: Float
  /// Soft bounds cap · tanh(x / cap) of the scaled attention scores and the logits; infinite where
  /// there is none.
  package internal(set) var attentionCap = Float.infinity
  package internal(set) var logitCap = Float.infinity
  /// For each layer, the positions that a token attends to: so many, its own the last.
  package internal(set) var windows: [Int] = []

  package enum AttentionBias: Sendable, Hashable { case none, queryKeyValue, everywhere }

  package var querySize: Int { heads * headSize }
  package var keyValueSize: Int { keyValueHeads * headSize }

  /// Reads `config.json` and, where one lies beside it, `generation_config.json`.
  package init(_ url: URL) throws {
    let family = try Self.family(url)
    let file = try JSONFile.decode(ModelConfigurationFile.self, url, defaults: family.defaults)
    guard file.partialRotaryFactor == 1 else {
      throw CheckpointError(
        .unsupported, url,
        "has partial_rotary_factor \(file.partialRotaryFactor); only 1 is supported.")
    }
    vocabularySize = file.vocabSize
    hiddenSize = file.hiddenSize
    feedForwardSize = file.intermediateSize
    layers = file.numHiddenLayers
    heads = file.numAttentionHeads
    keyValueHeads = file.numKeyValueHeads ?? heads
    headSize = file.headDim ?? (heads > 0 ? hiddenSize / heads : 0)
    contextLength = file.maxPositionEmbeddings
    normEpsilon = Float(try Self.positive("rms_norm_eps", file.rmsNormEps, url))
    ropeTheta = try Self.ropeTheta(file, url)
    rotaryScaling = try Self.rotaryScaling(file, url)
    tiedHead = file.tieWordEmbeddings
    endOfSequence =
      try Self.generationEndOfSequence(beside: url) ?? file.eosTokenId?.values ?? []
    activation = try Self.activation("hidden_act", file.hiddenAct, url)
    attentionScale = 1 / Float(headSize).squareRoot()
    try checkShape(url)
    windows = Array(repeating: .max, count: layers)
    try resolve(family, file, url)
  }

  private mutating func resolve(
    _ family: ModelFamily, _ file: ModelConfigurationFile, _ url: URL
  ) throws {
    switch family {
    case .llama: resolveLlama(file)
    case .mistral: try resolveMistral(file, url)
    case .qwen2: try resolveQwen2(file, url)
    case .gemma: resolveGemma(file)
    case .gemma2: try resolveGemma2(file, url)
    }
  }

  private struct FamilyFile: Decodable {
    var architectures: [String]?
    var modelType: String?
  }

  private static func family(_ url: URL) throws -> ModelFamily {
    let file = try JSONFile.decode(FamilyFile.self, url)
    let architecture = file.architectures?.first ?? file.modelType ?? "none"
    guard let family = ModelFamily(architecture: architecture) else {
      let known = ModelFamily.allCases.map(\.rawValue).joined(separator: ", ")
      throw CheckpointError(
        .unsupported, url,
        "describes the architecture \(architecture); \(known) are supported.")
    }
    return family
  }

  private struct GenerationFile: Decodable {
    var eosTokenId: ModelConfigurationFile.OneOrMany?
  }

  /// transformers generates by this file alone; a chat model's further end tokens are often only
  /// here.
  private static func generationEndOfSequence(beside url: URL) throws -> [Int32]? {
    let generation = url.deletingLastPathComponent().appending(path: "generation_config.json")
    guard FileManager.default.fileExists(atPath: generation.path) else { return nil }
    return try JSONFile.decode(GenerationFile.self, generation).eosTokenId?.values
  }
}
