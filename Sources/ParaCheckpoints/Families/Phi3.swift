import ParaJSON

/// Phi-3, Phi-3.5 and Phi-4 (mini too): Llama with q, k and v in one tensor and gate and up in
/// another, one sliding window over all layers or none, and, in some, a rotary embedding of a part
/// of each head, or LongRoPE.
///
///     self_attn.qkv_proj    rows of q, then k, then v
///     mlp.gate_up_proj      rows of gate, then up
///
/// Further keys read: `sliding_window`, `partial_rotary_factor`,
/// `original_max_position_embeddings`.
///
/// LongRoPE is run within the original context only: beyond it transformers changes the rotary
/// frequencies of the whole sequence, cached keys included. Longer rows are refused.
///
/// Source: Abdin et al., 2024, "Phi-3 Technical Report"; Ding et al., 2024, "LongRoPE";
/// transformers' `modeling_phi3.py`.
enum Phi3: ModelFamily {
  static let architecture = "Phi3ForCausalLM"
  static let modelType = "phi3"
  static let defaults: JSONObject = [
    "vocab_size": 32_064, "max_position_embeddings": 4096,
    "original_max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "eos_token_id": 32_000,
  ]

  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    model.fusedProjections = [
      FusedProjection(
        "self_attn.qkv_proj",
        [
          "self_attn.q_proj": model.querySize, "self_attn.k_proj": model.keyValueSize,
          "self_attn.v_proj": model.keyValueSize,
        ]),
      FusedProjection(
        "mlp.gate_up_proj",
        ["mlp.gate_proj": model.feedForwardSize, "mlp.up_proj": model.feedForwardSize]),
    ]
    if let window = try keys.slidingWindow() {
      model.windows = Array(repeating: window, count: model.layers)
    }
    let rotary = try keys.rotary(headSize: model.headSize, partial: true)
    model.rotary = Array(repeating: rotary, count: model.layers)
  }
}
