import Foundation
import ParaTensors

extension ModelConfiguration {
  static func ropeTheta(_ file: ModelConfigurationFile, _ url: URL) throws -> Double {
    guard let parameters = file.ropeParameters else {
      return try positive("rope_theta", file.ropeTheta, url)
    }
    // Parameters for each kind of layer stand one level deeper, so there is neither key here.
    guard let theta = parameters.ropeTheta else {
      throw CheckpointError(
        .unsupported, url, "has rope_parameters without a rope_theta for all layers.")
    }
    return try positive("rope_parameters.rope_theta", theta, url)
  }

  static func rotaryScaling(_ file: ModelConfigurationFile, _ url: URL) throws -> RotaryScaling {
    guard let scaling = file.ropeParameters ?? file.ropeScaling else { return .none }
    let place = file.ropeParameters == nil ? "rope_scaling" : "rope_parameters"
    func number(_ key: String, _ value: Double?) throws -> Float {
      guard let value else {
        throw CheckpointError(.malformed, url, "lacks the key \(place).\(key).")
      }
      return Float(try positive("\(place).\(key)", value, url))
    }
    switch scaling.ropeType ?? scaling.type ?? "default" {
    case "default": return .none
    case "linear": return .linear(factor: try number("factor", scaling.factor))
    case "llama3":
      let low = try number("low_freq_factor", scaling.lowFreqFactor)
      let high = try number("high_freq_factor", scaling.highFreqFactor)
      guard low < high else {
        throw CheckpointError(
          .malformed, url,
          "has \(place).low_freq_factor \(low), which is not below high_freq_factor \(high).")
      }
      let original = try number(
        "original_max_position_embeddings", scaling.originalMaxPositionEmbeddings)
      return .llama3(
        factor: try number("factor", scaling.factor), lowTurns: low, highTurns: high,
        originalContext: original)
    case let type:
      throw CheckpointError(
        .unsupported, url,
        "has \(place) of type \(type); default, linear and llama3 are supported.")
    }
  }
}
