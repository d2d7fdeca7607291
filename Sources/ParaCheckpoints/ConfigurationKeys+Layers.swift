import Foundation
import ParaTensors

// MARK: Windows

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

// MARK: Rotary embeddings

// `rope_parameters` is how transformers 5 writes what `rope_theta`, `rope_scaling` and
// `partial_rotary_factor` say in older files.

extension ConfigurationKeys {
  /// The rotary embedding of all layers.
  func rotary(headSize: Int, partial: Bool = false) throws -> RotaryParameters {
    // transformers takes what the old key says where a file has both.
    guard !has("rope_scaling"), let parameters = try object("rope_parameters") else {
      return try rotary(
        theta: positive("rope_theta"), scaling: object("rope_scaling"), headSize: headSize,
        partial: partial)
    }
    // Parameters by layer type stand one level deeper, so there is no theta here.
    guard parameters.has("rope_theta") else {
      throw unsupported("has rope_parameters without a rope_theta for all layers.")
    }
    return try rotary(
      theta: parameters.positive("rope_theta"), scaling: parameters, headSize: headSize,
      partial: partial)
  }

  /// The rotary embedding of the layers of one type, where `rope_parameters` holds an object for
  /// each type.
  ///
  /// - Parameters:
  ///   - theta: The key of the base in files without `rope_parameters`.
  ///   - scaling: The key of the scaling there, if these layers may have one.
  func rotary(
    of type: LayerType, theta: String, scaling: String?, headSize: Int
  ) throws -> RotaryParameters {
    guard let parameters = try object("rope_parameters") else {
      return try rotary(
        theta: positive(theta), scaling: scaling.flatMap { try object($0) }, headSize: headSize)
    }
    guard let own = try parameters.object(type.rawValue) else {
      throw unsupported("has rope_parameters without those of \(type.rawValue).")
    }
    return try rotary(theta: own.positive("rope_theta"), scaling: own, headSize: headSize)
  }

  /// A rotary embedding whose scaling, if any, stands in an object of its own.
  ///
  /// - Parameter partial: True if the family may rotate a part of each head.
  func rotary(
    theta: Double, scaling: ConfigurationKeys?, headSize: Int, partial: Bool = false
  ) throws -> RotaryParameters {
    let keys = scaling.flatMap { $0.has("partial_rotary_factor") ? $0 : nil } ?? self
    let factor = try keys.positive("partial_rotary_factor")
    guard partial ? factor <= 1 : factor == 1 else {
      throw unsupported(
        "has \(keys.name("partial_rotary_factor")) \(factor); "
          + (partial ? "it must be at most 1." : "only 1 is supported."))
    }
    let dimensions = Int(Double(headSize) * factor)
    guard dimensions > 0, dimensions % 2 == 0 else {
      throw malformed(
        "has \(keys.name("partial_rotary_factor")) \(factor), which rotates \(dimensions) of "
          + "\(headSize) features of a head: the count must be even and above 0.")
    }
    return RotaryParameters(
      dimensions: dimensions, theta: theta,
      scaling: try scaling.map { try rotaryScaling($0, dimensions: dimensions) } ?? .none)
  }

  private func rotaryScaling(
    _ scaling: ConfigurationKeys, dimensions: Int
  ) throws -> RotaryScaling {
    switch try scaling.ropeType() {
    case "default": return .none
    case "linear": return .linear(factor: Float(try scaling.positive("factor")))
    case "llama3": return try scaling.llama3()
    case "longrope": return try longRope(scaling, dimensions: dimensions)
    case let type:
      throw unsupported(
        "has \(scaling.path) of type \(type); default, linear, llama3 and longrope are supported.")
    }
  }

  /// The type, which older files spell `type`. Releases of transformers differ in which of the two
  /// goes before the other.
  private func ropeType() throws -> String {
    let types = try ["rope_type", "type"].filter(has).map(text)
    guard Set(types).count <= 1 else {
      throw unsupported(
        "has \(path) of rope_type \(types[0]) and type \(types[1]); keep the one that is meant.")
    }
    return types.first ?? "default"
  }

  private func llama3() throws -> RotaryScaling {
    let low = Float(try positive("low_freq_factor"))
    let high = Float(try positive("high_freq_factor"))
    guard low < high else {
      throw malformed(
        "has \(name("low_freq_factor")) \(low), which is not below high_freq_factor \(high).")
    }
    return .llama3(
      factor: Float(try positive("factor")), lowTurns: low, highTurns: high,
      originalContext: Float(try positive("original_max_position_embeddings")))
  }

  // MARK: LongRoPE

  /// The short factors: transformers changes to the long ones, for the whole sequence, as soon as
  /// one grows beyond the original context. `contextLength` keeps sequences within it.
  private func longRope(_ scaling: ConfigurationKeys, dimensions: Int) throws -> RotaryScaling {
    let factors = try scaling.positives("short_factor")
    guard factors.count == dimensions / 2 else {
      throw malformed(
        "has \(factors.count) numbers in \(scaling.name("short_factor")); "
          + "\(dimensions / 2) are needed, one for each rotated pair of features.")
    }
    return .longRope(
      factors: factors.map { Float($0) }, magnitude: Float(try longRopeMagnitude(scaling)))
  }

  /// √(1 + ln s / ln original context), s being how many times the context was extended, unless
  /// the file names a factor.
  private func longRopeMagnitude(_ scaling: ConfigurationKeys) throws -> Double {
    if scaling.has("attention_factor") { return try scaling.positive("attention_factor") }
    let original = try originalContext(scaling)
    let times =
      scaling.has("factor")
      ? try scaling.positive("factor")
      : Double(try integer("max_position_embeddings")) / Double(original)
    return times <= 1 ? 1 : (1 + log(times) / log(Double(original))).squareRoot()
  }

  /// The context before its extension. Phi-3 keeps it beside the scaling, and there it counts.
  private func originalContext(_ scaling: ConfigurationKeys) throws -> Int {
    let key = "original_max_position_embeddings"
    let place = has(key) || !scaling.has(key) ? self : scaling
    guard place.has(key) else { return try integer("max_position_embeddings") }
    let context = try place.integer(key)
    guard context > 1 else {
      throw malformed("has \(place.name(key)) \(context), which must be above 1.")
    }
    return context
  }

  /// Positions that the model can be run on: those it was made for, or with LongRoPE its original
  /// context.
  func contextLength() throws -> Int {
    let whole = try integer("max_position_embeddings")
    guard let scaling = try object("rope_scaling") ?? object("rope_parameters"),
      try scaling.ropeType() == "longrope"
    else { return whole }
    return min(whole, try originalContext(scaling))
  }
}
