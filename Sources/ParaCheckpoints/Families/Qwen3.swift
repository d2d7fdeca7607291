import ParaJSON

/// Qwen 3 (dense): Llama with a norm of each query and key head before the rotary embedding, and
/// heads of a size of their own.
///
///     q, k = rotary(norm(W_q x)), rotary(norm(W_k x))     self_attn.q_norm, k_norm: [headSize]
///
/// Further keys read: `attention_bias`; `use_sliding_window`, `sliding_window`, `max_window_layers`
/// and `layer_types` as in Qwen 2.
///
/// Source: Yang et al., 2025, "Qwen3 Technical Report"; transformers' `modeling_qwen3.py`.
enum Qwen3: ModelFamily {
  static let architecture = "Qwen3ForCausalLM"
  static let modelType = "qwen3"
  static let defaults: JSONObject = [
    "max_position_embeddings": 32_768, "num_key_value_heads": 32, "head_dim": 128,
    "use_sliding_window": false, "sliding_window": 4096, "max_window_layers": 28,
  ]

  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    model.attentionBias = try keys.flag("attention_bias") ? .everywhere : .none
    model.queryKeyNorm = .perHead
    model.windows = try Qwen2.upperLayerWindows(model, keys)
  }
}
