import ParaJSON

/// Mistral 7B and the models of its shape: Llama with one sliding window over all layers, or none.
///
/// Further keys read: `sliding_window`, the positions that a token attends to; null for all.
///
/// Source: Jiang et al., 2023, "Mistral 7B"; transformers' `modeling_mistral.py`.
enum Mistral: ModelFamily {
  static let architecture = "MistralForCausalLM"
  static let modelType = "mistral"
  static let defaults: JSONObject = [
    "max_position_embeddings": 131_072, "eos_token_id": 2, "num_key_value_heads": 8,
    "sliding_window": 4096,
  ]

  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    guard let window = try keys.slidingWindow() else { return }
    model.windows = Array(repeating: window, count: model.layers)
  }
}
