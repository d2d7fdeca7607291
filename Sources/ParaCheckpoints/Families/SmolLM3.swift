import ParaJSON
import ParaTensors

/// SmolLM3: Llama without a rotary embedding in some layers, every fourth unless the file lists
/// them; those layers may have a sliding window.
///
/// Further keys read: `attention_bias`, `mlp_bias`; `no_rope_layers` or `no_rope_layer_interval`;
/// `use_sliding_window`, `sliding_window`, `layer_types`.
///
/// Source: Yang et al., 2025, "RoPE to NoPE and Back Again"; transformers' `modeling_smollm3.py`.
enum SmolLM3: ModelFamily {
  static let architecture = "SmolLM3ForCausalLM"
  static let modelType = "smollm3"
  static let defaults: JSONObject = [
    "vocab_size": 128_256, "max_position_embeddings": 32_768, "eos_token_id": 128_001,
    "num_key_value_heads": 4, "tie_word_embeddings": true, "rope_theta": 2_000_000,
    "no_rope_layer_interval": 4, "use_sliding_window": false,
  ]

  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    try Llama.resolve(&model, keys)
    let rotates = try rotatingLayers(count: model.layers, keys)
    let rotary = try keys.rotary(headSize: model.headSize)
    model.rotary = rotates.map { $0 ? rotary : RotaryParameters.none }
    let window = try keys.flag("use_sliding_window") ? keys.slidingWindow() : nil
    let types = try keys.layerTypes(count: model.layers) { layer in
      window != nil && !rotates[layer] ? .sliding : .full
    }
    model.windows = try keys.windows(of: types, window: window)
  }

  /// `no_rope_layers` has a 1 for a layer with a rotary embedding and a 0 for one without.
  private static func rotatingLayers(count: Int, _ keys: ConfigurationKeys) throws -> [Bool] {
    guard keys.has("no_rope_layers") else {
      let interval = try keys.positiveInteger("no_rope_layer_interval")
      return (0..<count).map { ($0 + 1) % interval != 0 }
    }
    let flags = try keys.integers("no_rope_layers")
    guard flags.count >= count, flags.allSatisfy({ $0 == 0 || $0 == 1 }) else {
      throw keys.malformed(
        "has no_rope_layers \(flags); a 0 or 1 for each of the \(count) layers is needed.")
    }
    return flags.prefix(count).map { $0 == 1 }
  }
}
