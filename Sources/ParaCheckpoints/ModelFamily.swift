import ParaJSON

/// A family of decoders that transformers knows by one architecture: what its `config.json` means.
///
/// A family is one type in Families/ and one line of `ModelFamilies.all`.
protocol ModelFamily {
  /// What `architectures` names it.
  static var architecture: String { get }
  /// What `model_type` names it, where `architectures` is missing.
  static var modelType: String { get }
  /// What a key means that `config.json` lacks, over `ModelFamilies.commonDefaults`: the defaults
  /// of transformers' configuration class.
  static var defaults: JSONObject { get }
  /// Sets what the family has different from a plain decoder, or refuses what it cannot have.
  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws
}

enum ModelFamilies {
  static let all: [any ModelFamily.Type] = [
    Llama.self,
    Mistral.self,
    Qwen2.self,
    Gemma.self,
    Gemma2.self,
    Qwen3.self,
    Gemma3.self,
    SmolLM3.self,
    OLMo2.self,
    Phi3.self,
  ]

  /// Defaults that most families have.
  static let commonDefaults: JSONObject = [
    "rms_norm_eps": 1e-6, "rope_theta": 10_000, "hidden_act": "silu",
    "tie_word_embeddings": false, "attention_bias": false, "mlp_bias": false,
    "partial_rotary_factor": 1,
  ]

  /// The family that a `config.json` names.
  static func family(of keys: ConfigurationKeys) throws -> any ModelFamily.Type {
    let name = try keys.architecture() ?? "none"
    guard let family = all.first(where: { [$0.architecture, $0.modelType].contains(name) }) else {
      throw keys.unsupported(
        "describes the architecture \(name); "
          + "\(all.map { $0.architecture }.joined(separator: ", ")) are supported.")
    }
    return family
  }
}
