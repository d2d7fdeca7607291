import Foundation

extension ModelConfiguration {
  /// Sets the windows from `layer_types` or, where the file has none, from the family's pattern.
  mutating func resolveWindows(
    _ file: ModelConfigurationFile, window: Int?, _ url: URL, slides: (Int) -> Bool
  ) throws {
    let types =
      file.layerTypes
      ?? (0..<layers).map { slides($0) ? Self.slidingAttention : Self.fullAttention }
    guard types.count == layers else {
      throw CheckpointError(
        .malformed, url, "has \(types.count) layer_types for \(layers) num_hidden_layers.")
    }
    windows = try types.map { type in
      switch (type, window) {
      case (Self.fullAttention, _): return .max
      case (Self.slidingAttention, let window?): return try Self.checked(window: window, url)
      case (Self.slidingAttention, nil):
        throw CheckpointError(
          .malformed, url, "has layers of sliding_attention, but no sliding_window in use.")
      default:
        throw CheckpointError(
          .unsupported, url,
          "has \(type) in layer_types; full_attention and sliding_attention are supported.")
      }
    }
  }

  static func checked(window: Int, _ url: URL) throws -> Int {
    guard window >= 1 else {
      throw CheckpointError(
        .malformed, url, "has sliding_window \(window); a token sees one position at least.")
    }
    return window
  }

  private static let slidingAttention = "sliding_attention"
  private static let fullAttention = "full_attention"
}
