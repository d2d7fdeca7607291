package import ParaCheckpoints

/// A linear projection of a decoder layer: what adapters adjust (PEFT's target modules).
public enum Projection: Int, Sendable, CaseIterable {
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

  package static func named(_ moduleName: String) -> Projection? {
    allCases.first { $0.moduleName == moduleName }
  }

  /// Input features.
  package func inputSize(_ model: ModelConfiguration) -> Int {
    switch self {
    case .query, .key, .value, .gate, .up: model.hiddenSize
    case .output: model.querySize
    case .down: model.feedForwardSize
    }
  }

  /// Output features.
  package func outputSize(_ model: ModelConfiguration) -> Int {
    switch self {
    case .query: model.querySize
    case .key, .value: model.keyValueSize
    case .output, .down: model.hiddenSize
    case .gate, .up: model.feedForwardSize
    }
  }
}

/// One value for each projection of a layer.
package struct ProjectionTable<Value> {
  private var values: [Value]

  package init(repeating value: Value) {
    values = Array(repeating: value, count: Projection.allCases.count)
  }

  package init(_ value: (Projection) throws -> Value) rethrows {
    values = try Projection.allCases.map(value)
  }

  package subscript(projection: Projection) -> Value {
    get { values[projection.rawValue] }
    set { values[projection.rawValue] = newValue }
  }
}

extension ProjectionTable: Sendable where Value: Sendable {}
