import ParaJSON

/// Gemma 1: Llama with embeddings multiplied by √hidden, norms that multiply by 1 + weight, heads
/// of a size of their own, and GELU in place of SiLU.
///
/// Further keys read: `attention_bias`.
///
/// Source: Gemma Team, 2024, "Gemma: Open Models Based on Gemini Research and Technology";
/// transformers' `modeling_gemma.py`.
enum Gemma: ModelFamily {
  static let architecture = "GemmaForCausalLM"
  static let modelType = "gemma"
  static let defaults: JSONObject = [
    "max_position_embeddings": 8192, "eos_token_id": 1, "num_key_value_heads": 16,
    "head_dim": 256, "hidden_act": "gelu_pytorch_tanh", "tie_word_embeddings": true,
  ]

  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    try resolveCommon(&model, keys)
  }

  /// What all of Gemma's generations share.
  static func resolveCommon(
    _ model: inout ModelConfiguration, _ keys: ConfigurationKeys
  ) throws {
    model.attentionBias = try keys.flag("attention_bias") ? .everywhere : .none
    model.embeddingScale = Float(Double(model.hiddenSize).squareRoot())
    model.normOffset = 1
  }
}
