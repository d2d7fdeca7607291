import Foundation
import ParaTensors

extension ModelConfiguration {
  static func activation(_ key: String, _ name: String, _ url: URL) throws -> GatedActivation {
    switch name {
    case "silu": return .silu
    case "gelu": return .gelu
    case "gelu_pytorch_tanh": return .geluTanh
    default:
      throw CheckpointError(
        .unsupported, url, "has \(key) \(name); silu, gelu and gelu_pytorch_tanh are supported.")
    }
  }

  static func positive(_ key: String, _ value: Double, _ url: URL) throws -> Double {
    guard value > 0, value < .infinity else {
      throw CheckpointError(.malformed, url, "has \(key) \(value), which must be above 0.")
    }
    return value
  }

  func checkShape(_ url: URL) throws {
    let sizes = [
      ("vocab_size", vocabularySize), ("hidden_size", hiddenSize),
      ("intermediate_size", feedForwardSize),
      ("num_hidden_layers", layers), ("num_attention_heads", heads),
      ("num_key_value_heads", keyValueHeads),
      ("head_dim", headSize), ("max_position_embeddings", contextLength),
    ]
    // The bounds keep every product of two sizes far from overflow, and lists of layers short.
    for (name, size) in sizes
    where size < 1 || size > (name == "num_hidden_layers" ? 1 << 16 : 1 << 28) {
      throw CheckpointError(.malformed, url, "has \(name) \(size), which no model has.")
    }
    guard heads % keyValueHeads == 0, headSize % 2 == 0 else {
      throw CheckpointError(
        .malformed, url,
        "has \(heads) attention heads over \(keyValueHeads) key/value heads of size \(headSize): the first must be "
          + "a multiple of the second, and the size even.")
    }
    if let token = endOfSequence.first(where: { $0 < 0 || $0 >= vocabularySize }) {
      throw CheckpointError(
        .malformed, url,
        "has eos_token_id \(token), which is not among the \(vocabularySize) tokens of vocab_size.")
    }
  }
}
