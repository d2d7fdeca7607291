package import ParaCheckpoints

/// A linear projection of a decoder layer that an adapter may adjust.
public enum Site: Int, Sendable, CaseIterable {
  case query, key, value, output, gate, up, down

  /// The module's name in Hugging Face checkpoints and PEFT configurations.
  public var moduleName: String {
    switch self {
    case .query: "q_proj"
    case .key: "k_proj"
    case .value: "v_proj"
    case .output: "o_proj"
    case .gate: "gate_proj"
    case .up: "up_proj"
    case .down: "down_proj"
    }
  }

  /// The module's path inside a layer.
  package var path: String {
    switch self {
    case .query, .key, .value, .output: "self_attn.\(moduleName)"
    case .gate, .up, .down: "mlp.\(moduleName)"
    }
  }

  package static func named(_ moduleName: String) -> Site? {
    allCases.first { $0.moduleName == moduleName }
  }

  /// Features that go into the projection.
  package func inputSize(_ model: ModelConfiguration) -> Int {
    switch self {
    case .query, .key, .value, .gate, .up: model.hiddenSize
    case .output: model.querySize
    case .down: model.feedForwardSize
    }
  }

  /// Features that come out of it.
  package func outputSize(_ model: ModelConfiguration) -> Int {
    switch self {
    case .query: model.querySize
    case .key, .value: model.keyValueSize
    case .output, .down: model.hiddenSize
    case .gate, .up: model.feedForwardSize
    }
  }
}
