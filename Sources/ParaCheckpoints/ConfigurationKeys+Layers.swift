extension ConfigurationKeys {
  /// How far back the tokens of a layer attend, as `layer_types` names it.
  enum LayerType: String {
    case full = "full_attention"
    case sliding = "sliding_attention"
  }

  /// Each layer's type from `layer_types` or, where the file has none, from the family's pattern.
  func layerTypes(count: Int, pattern: (Int) -> LayerType) throws -> [LayerType] {
    guard has("layer_types") else { return (0..<count).map(pattern) }
    let names = try texts("layer_types")
    guard names.count == count else {
      throw malformed("has \(names.count) layer_types for \(count) num_hidden_layers.")
    }
    return try names.map { name in
      guard let type = LayerType(rawValue: name) else {
        throw unsupported(
          "has \(name) in layer_types; full_attention and sliding_attention are supported.")
      }
      return type
    }
  }

  /// Each layer's window: `window` where it slides, else no bound.
  func windows(of types: [LayerType], window: Int?) throws -> [Int] {
    try types.map { type in
      guard type == .sliding else { return .max }
      guard let window else {
        throw malformed("has layers of sliding_attention, but no sliding_window in use.")
      }
      return window
    }
  }

  /// The positions that a token of a sliding layer attends to, its own among them; nil if
  /// `sliding_window` is null.
  func slidingWindow() throws -> Int? {
    guard let window = try optionalInteger("sliding_window") else { return nil }
    guard window >= 1 else {
      throw malformed("has sliding_window \(window); a token sees one position at least.")
    }
    return window
  }
}
