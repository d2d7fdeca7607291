import Foundation

extension ModelFamily {
  static let mistralDefaults: [String: any Sendable] = [
    "max_position_embeddings": 131_072, "eos_token_id": 2, "num_key_value_heads": 8,
    "sliding_window": 4096,
  ]
}

extension ModelConfiguration {
  /// Mistral: one window over all layers, or none.
  mutating func resolveMistral(_ file: ModelConfigurationFile, _ url: URL) throws {
    guard let window = file.slidingWindow else { return }
    windows = Array(repeating: try Self.checked(window: window, url), count: layers)
  }
}
