import ParaJSON

/// Llama 2, 3, 3.1 and 3.2, and the many models of their shape: the plain decoder that the other
/// families are described against.
///
///     x = norm(h)                                   input_layernorm
///     q, k, v = W_q x, W_k x, W_v x                 self_attn.{q,k,v}_proj
///     h += W_o attention(rotary(q), rotary(k), v)   self_attn.o_proj
///     x = norm(h)                                   post_attention_layernorm
///     h += W_down (SiLU(W_gate x) ⊙ W_up x)         mlp.{gate,up,down}_proj
///
/// Further keys read: `attention_bias` (biases at q, k, v and o), `mlp_bias` (at gate, up and
/// down).
///
/// Source: Touvron et al., 2023, "Llama 2"; transformers' `modeling_llama.py`.
enum Llama: ModelFamily {
  static let architecture = "LlamaForCausalLM"
  static let modelType = "llama"
  static let defaults: JSONObject = [
    "max_position_embeddings": 2048, "eos_token_id": 2,
  ]

  /// Biases are where `config.json` says so.
  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    model.attentionBias = try keys.flag("attention_bias") ? .everywhere : .none
    model.feedForwardBias = try keys.flag("mlp_bias")
  }
}
