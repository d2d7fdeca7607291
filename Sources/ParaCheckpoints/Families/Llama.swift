/// Llama 2, 3, 3.1 and 3.2, and the many models of their shape: the plain decoder that the other
/// families are told apart from.
enum Llama: ModelFamily {
  static let architecture = "LlamaForCausalLM"
  static let modelType = "llama"
  static let defaults: [String: ConfigurationValue] = [
    "max_position_embeddings": 2048, "eos_token_id": 2,
  ]

  /// Biases are where `config.json` says so.
  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    model.attentionBias = try keys.flag("attention_bias") ? .everywhere : .none
    model.feedForwardBias = try keys.flag("mlp_bias")
  }
}
