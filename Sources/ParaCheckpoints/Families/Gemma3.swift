import ParaJSON

/// Gemma 3, text only: Gemma 2 with a norm of each query and key head in place of soft caps on the
/// scores, five sliding layers to each one that attends to everything, and a rotary base of its own
/// for the sliding ones.
///
/// Further keys read: those of Gemma 2; `layer_types` or `sliding_window_pattern`; for the rotary
/// embeddings `rope_parameters` by layer type or, as older files have it, `rope_theta` and
/// `rope_scaling` of the full layers and `rope_local_base_freq` of the sliding ones.
///
/// Refused: folders of text and images (`Gemma3ForConditionalGeneration`), attention in both
/// directions, and `attn_logit_softcapping`, which transformers reads but does not apply.
///
/// Source: Gemma Team, 2025, "Gemma 3 Technical Report"; transformers' `modeling_gemma3.py`.
enum Gemma3: ModelFamily {
  static let architecture = "Gemma3ForCausalLM"
  static let modelType = "gemma3_text"
  static let defaults: JSONObject = [
    "vocab_size": 262_208, "max_position_embeddings": 131_072, "eos_token_id": 1,
    "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
    "hidden_activation": "gelu_pytorch_tanh", "tie_word_embeddings": true,
    "query_pre_attn_scalar": 256, "sliding_window": 4096, "sliding_window_pattern": 6,
    "rope_theta": 1_000_000, "rope_local_base_freq": 10_000,
    "use_bidirectional_attention": false,
  ]

  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    for key in ["use_bidirectional_attention", "attn_logit_softcapping"] where keys.asks(for: key) {
      throw keys.unsupported("asks for \(key), which is not supported for this architecture.")
    }
    try Gemma2.resolveCommon(&model, keys)
    model.queryKeyNorm = .perHead
    let pattern = try keys.positiveInteger("sliding_window_pattern")
    let types = try keys.layerTypes(count: model.layers) { layer in
      (layer + 1) % pattern == 0 ? .full : .sliding
    }
    model.windows = try keys.windows(of: types, window: keys.slidingWindow())
    let full = try keys.rotary(
      of: .full, theta: "rope_theta", scaling: "rope_scaling", headSize: model.headSize)
    let sliding = try keys.rotary(
      of: .sliding, theta: "rope_local_base_freq", scaling: nil, headSize: model.headSize)
    model.rotary = types.map { $0 == .full ? full : sliding }
  }
}
