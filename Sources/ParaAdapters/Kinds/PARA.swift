package import ParaCheckpoints
import ParaJSON
package import ParaModel
import ParaTensors

/// PARA (arXiv 2502.01033): in each layer a generator makes vectors from the prompt's hidden states,
/// which scale projections' outputs for the prompt and for all generated tokens. The math is in
/// `PARAVectorGenerator`; this is the adapter's configuration and its tensors.
package struct PARA: AdapterKind, Sendable, Hashable {
  static let name = "PARA"
  static let title = "PARA"
  static let keys: Set = ["r", "pool", "activation", "target_modules", "bias"]
  static let tensors =
    "para_down.weight, para_up.weight, with bias para_up.bias and with pool attention para_pool.weight"
  static let adaptsWholeLayers = true

  package var rank: Int
  package var pooling: PARAVectorGenerator.Pooling
  package var activation: PARAVectorGenerator.Activation
  /// The projections whose output is scaled.
  package var targets: Set<Projection>
  /// True if the up-projection has a bias, which starts at 1.
  package var bias: Bool

  package init(
    rank: Int = 12, pooling: PARAVectorGenerator.Pooling = .last,
    activation: PARAVectorGenerator.Activation = .gelu,
    targets: Set<Projection> = [.query, .value, .up], bias: Bool = true
  ) {
    self.rank = rank
    self.pooling = pooling
    self.activation = activation
    self.targets = targets
    self.bias = bias
  }

  init(_ configuration: AdapterConfiguration) throws {
    self.init(
      rank: try configuration.positiveInteger("r"),
      pooling: try configuration.choice("pool", default: .last),
      activation: try configuration.choice("activation", default: .gelu),
      bias: try configuration.flag("bias", default: true))
    guard let value = configuration["target_modules"] else { return }
    guard case .array = value, let names = value.strings, !names.isEmpty,
      names.allSatisfy({ Projection.named($0) != nil })
    else {
      throw configuration.wrong(
        "target_modules",
        "a list of " + Projection.allCases.map(\.moduleName).joined(separator: ", "))
    }
    targets = Set(names.compactMap(Projection.named))
  }

  /// For each layer `para_down.weight` [r, hidden], `para_up.weight` [outputs, r], with `bias`
  /// `para_up.bias` [outputs] and with attention pooling `para_pool.weight` [1, hidden].
  func layers(from reader: inout AdapterReader) throws -> [AdapterWeights.Layer] {
    let outputs = outputSize(reader.model)
    return try (0..<reader.model.layers).map { index in
      func take(_ part: String, _ rows: Int, _ columns: Int) throws -> Weight {
        try reader.take(part, ofLayer: index, rows: rows, columns: columns)
      }
      var layer = AdapterWeights.Layer()
      let hidden = reader.model.hiddenSize
      layer.generator = PARAVectorGenerator(
        pooling: pooling,
        poolingQuery: pooling == .attention ? try take("para_pool.weight", 1, hidden) : nil,
        activation: activation,
        down: try take("para_down.weight", rank, hidden),
        up: try take("para_up.weight", outputs, rank),
        bias: bias ? try take("para_up.bias", 1, outputs) : nil,
        parts: parts(reader.model))
      return layer
    }
  }

  /// Elements of the vectors that a layer's generator makes.
  package func outputSize(_ model: ModelConfiguration) -> Int {
    targets.reduce(0) { $0 + $1.outputSize(model) }
  }

  /// The range of a generator's output that scales each projection: in the order q, k, v, o, gate,
  /// up, down.
  package func parts(_ model: ModelConfiguration) -> ProjectionTable<Range<Int>?> {
    var parts = ProjectionTable<Range<Int>?>(repeating: nil)
    var offset = 0
    for projection in Projection.allCases where targets.contains(projection) {
      parts[projection] = offset..<offset + projection.outputSize(model)
      offset += projection.outputSize(model)
    }
    return parts
  }

  /// Trained parameters of all layers: in each hidden · r + r · outputs, and outputs for the bias, and
  /// hidden for attention pooling.
  package func parameterCount(_ model: ModelConfiguration) -> Int {
    let outputs = outputSize(model)
    let projections = (model.hiddenSize + outputs) * rank
    return model.layers
      * (projections + (bias ? outputs : 0) + (pooling == .attention ? model.hiddenSize : 0))
  }
}

// What is reported, planned and benchmarked.
extension PARA {
  func ranks(in folder: AdapterFolder) -> [Int] { [rank] }

  var options: [String] {
    [
      "pool \(pooling.rawValue)", "activation \(activation.rawValue)",
      bias ? "with bias" : "without bias",
    ]
  }

  var projections: Set<Projection>? { targets }

  /// The up-projection is kept transposed, beside the file's.
  func footprint(parameters: Int, _ model: ModelConfiguration) -> AdapterFootprint {
    AdapterFootprint(
      bytes: 2 * parameters * MemoryLayout<Float>.size,
      promptVectors: model.layers * outputSize(model) * MemoryLayout<Float>.size)
  }

  /// The paper's choices.
  static func random(_ model: ModelConfiguration, _ weights: inout RandomWeights)
    -> [AdapterWeights.Layer]
  {
    let para = PARA()
    let outputs = para.outputSize(model)
    return (0..<model.layers).map { _ in
      var layer = AdapterWeights.Layer()
      let down = weights.make(para.rank, model.hiddenSize)
      let up = weights.make(outputs, para.rank)
      layer.generator = PARAVectorGenerator(
        down: down, up: up, bias: weights.make(1, outputs, around: 1), parts: para.parts(model))
      return layer
    }
  }
}

extension AdapterMethod {
  public static let para = AdapterMethod(PARA.self)
}
