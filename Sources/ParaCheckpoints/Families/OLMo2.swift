import ParaJSON

/// OLMo 2: Llama with norms on what the blocks give in place of what they read, and with a norm of
/// all query heads together and one of all key heads together.
///
///     q, k = rotary(norm(W_q h)), rotary(norm(W_k h))     self_attn.q_norm, k_norm: whole width
///     h += norm(W_o attention(q, k, W_v h))               post_attention_layernorm
///     h += norm(feedForward(h))                           post_feedforward_layernorm
///
/// Further keys read: `attention_bias`.
///
/// Source: OLMo Team, 2024, "2 OLMo 2 Furious"; transformers' `modeling_olmo2.py`.
enum OLMo2: ModelFamily {
  static let architecture = "Olmo2ForCausalLM"
  static let modelType = "olmo2"
  static let defaults: JSONObject = [
    "vocab_size": 50_304, "max_position_embeddings": 2048, "rms_norm_eps": 1e-5,
    "eos_token_id": 50_279,
  ]

  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    model.attentionBias = try keys.flag("attention_bias") ? .everywhere : .none
    model.queryKeyNorm = .wholeWidth
    model.norms = [
      .afterAttention: "post_attention_layernorm", .afterFeedForward: "post_feedforward_layernorm",
    ]
  }
}
