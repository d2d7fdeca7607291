import ParaJSON

/// Gemma 2: Gemma with a norm on either side of each block, soft caps on attention scores and
/// logits, a scale of the scores that does not follow from the head size, and a sliding window in
/// every other layer, the first among them.
///
///     h += norm(W_o attention(…, norm(h)))     input_layernorm, post_attention_layernorm
///     h += norm(feedForward(norm(h)))          pre_ and post_feedforward_layernorm
///
/// Further keys read: `hidden_activation`, `query_pre_attn_scalar`, `attn_logit_softcapping`,
/// `final_logit_softcapping`, `sliding_window`, `layer_types`.
///
/// Source: Gemma Team, 2024, "Gemma 2: Improving Open Language Models at a Practical Size";
/// transformers' `modeling_gemma2.py`.
enum Gemma2: ModelFamily {
  static let architecture = "Gemma2ForCausalLM"
  static let modelType = "gemma2"
  static let defaults: JSONObject = [
    "max_position_embeddings": 8192, "eos_token_id": 1, "num_key_value_heads": 4,
    "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh", "tie_word_embeddings": true,
    "query_pre_attn_scalar": 256, "sliding_window": 4096, "final_logit_softcapping": 30,
    "attn_logit_softcapping": 50,
  ]

  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    try resolveCommon(&model, keys)
    model.windows = try keys.windows(
      of: keys.layerTypes(count: model.layers) { $0 % 2 == 0 ? .sliding : .full },
      window: keys.slidingWindow())
  }

  /// What Gemma 2 and 3 share.
  static func resolveCommon(
    _ model: inout ModelConfiguration, _ keys: ConfigurationKeys
  ) throws {
    try Gemma.resolveCommon(&model, keys)
    model.norms = [
      .beforeAttention: "input_layernorm", .afterAttention: "post_attention_layernorm",
      .beforeFeedForward: "pre_feedforward_layernorm",
      .afterFeedForward: "post_feedforward_layernorm",
    ]
    model.activation = try keys.activation("hidden_activation")
    model.attentionScale = Float(1 / (try keys.positive("query_pre_attn_scalar")).squareRoot())
    model.attentionCap = try cap("attn_logit_softcapping", keys)
    model.logitCap = try cap("final_logit_softcapping", keys)
  }

  private static func cap(_ key: String, _ keys: ConfigurationKeys) throws -> Float {
    try keys.has(key) ? Float(keys.positive(key)) : .infinity
  }
}
