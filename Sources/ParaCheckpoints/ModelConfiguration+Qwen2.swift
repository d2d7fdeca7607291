import Foundation

extension ModelFamily {
  static let qwen2Defaults: [String: any Sendable] = [
    "max_position_embeddings": 32_768, "num_key_value_heads": 32, "use_sliding_window": false,
    "sliding_window": 4096, "max_window_layers": 28,
  ]
}

extension ModelConfiguration {
  /// Qwen 2 and 2.5: biases of q, k and v; the layers from `max_window_layers` on slide, if any do.
  mutating func resolveQwen2(_ file: ModelConfigurationFile, _ url: URL) throws {
    attentionBias = .queryKeyValue
    let window = file.useSlidingWindow == true ? file.slidingWindow : nil
    let firstSliding = file.maxWindowLayers ?? layers
    try resolveWindows(file, window: window, url) { window != nil && $0 >= firstSliding }
  }
}
