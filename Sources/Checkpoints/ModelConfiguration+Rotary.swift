import Foundation
import Tensors

extension ModelConfiguration {
  static func rotaryScaling(_ file: ModelConfigurationFile, _ url: URL) throws -> RotaryScaling {
    guard let scaling = file.ropeScaling else { return .none }
    func number(_ key: String, _ value: Double?) throws -> Float {
      guard let value else {
        throw CheckpointError(.malformed, url, "lacks the key rope_scaling.\(key).")
      }
      return Float(try positive("rope_scaling.\(key)", value, url))
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
          "has rope_scaling.low_freq_factor \(low), which is not below high_freq_factor \(high).")
      }
      let original = try number(
        "original_max_position_embeddings", scaling.originalMaxPositionEmbeddings)
      return .llama3(
        factor: try number("factor", scaling.factor), lowTurns: low, highTurns: high,
        originalContext: original)
    case let type:
      throw CheckpointError(
        .unsupported, url,
        "has rope_scaling of type \(type); default, linear and llama3 are supported.")
    }
  }
}
