import ParaJSON

/// Qwen 2 and 2.5 (dense): Llama with biases at q, k and v, and a sliding window in the upper
/// layers if the file asks for one.
///
/// Further keys read: `use_sliding_window`, `sliding_window`, and `max_window_layers`, the first
/// layer that slides, or `layer_types` in its place.
///
/// Source: Yang et al., 2024, "Qwen2 Technical Report"; transformers' `modeling_qwen2.py`.
enum Qwen2: ModelFamily {
  static let architecture = "Qwen2ForCausalLM"
  static let modelType = "qwen2"
  static let defaults: JSONObject = [
    "max_position_embeddings": 32_768, "num_key_value_heads": 32, "use_sliding_window": false,
    "sliding_window": 4096, "max_window_layers": 28,
  ]

  static func resolve(_ model: inout ModelConfiguration, _ keys: ConfigurationKeys) throws {
    model.attentionBias = .queryKeyValue
    model.windows = try upperLayerWindows(model, keys)
  }

  /// The windows of Qwen 2 and 3.
  static func upperLayerWindows(
    _ model: ModelConfiguration, _ keys: ConfigurationKeys
  ) throws -> [Int] {
    let slides = try keys.flag("use_sliding_window")
    let firstSliding = try keys.optionalInteger("max_window_layers") ?? model.layers
    return try keys.windows(
      of: keys.layerTypes(count: model.layers) { slides && $0 >= firstSliding ? .sliding : .full },
      window: slides ? try keys.slidingWindow() : nil)
  }
}
