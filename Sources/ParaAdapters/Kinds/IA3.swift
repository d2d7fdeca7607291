import ParaCheckpoints
import ParaModel
import ParaTensors

/// (IA)³ (arXiv 2205.05638): y' = l ⊙ (W x + b), or y' = W (l ⊙ x) + b for feed-forward modules.
struct IA3: AdapterKind {
  static let name = "IA3"
  static let title = "(IA)³"
  static let keys: Set = ["target_modules", "exclude_modules", "feedforward_modules"]
  static let tensors = "ia3_l"

  /// The modules whose input is scaled.
  private let feedForward: ModuleSet

  init(_ configuration: AdapterConfiguration) throws {
    feedForward = try configuration.modules("feedforward_modules") ?? .list(["down_proj"])
  }

  /// A tensor `ia3_l` for each adapted module: [output, 1], or [1, input] for a feed-forward module.
  func layers(from reader: inout AdapterReader) throws -> [AdapterWeights.Layer] {
    var layers = reader.emptyLayers
    for module in reader.adapted {
      let layer = module.layer
      if try feedForward.containsByEnding(module.path) {
        let scale = try reader.take("ia3_l", of: module, rows: 1, columns: module.inputSize)
        for part in module.parts { layers[layer].scaleInput(of: part.projection, by: scale) }
      } else {
        let scale = try reader.take("ia3_l", of: module, rows: module.outputSize, columns: 1)
        for part in module.parts {
          layers[layer].scale(part.projection, by: scale.elements(part.rows))
        }
      }
    }
    return layers
  }

  /// As in the paper: on k, v and the input of down, which is up's output.
  static func random(_ model: ModelConfiguration, _ weights: inout RandomWeights)
    -> [AdapterWeights.Layer]
  {
    (0..<model.layers).map { _ in
      var layer = AdapterWeights.Layer()
      for projection in [Projection.key, .value, .up] {
        layer.scale(projection, by: weights.make(1, projection.outputSize(model), around: 1))
      }
      return layer
    }
  }
}

extension AdapterWeights.Layer {
  fileprivate mutating func scale(_ projection: Projection, by factors: Weight) {
    var adjustment = projections[projection] ?? ProjectionAdjustment()
    adjustment.scale = adjustment.scale.map { product($0, factors) } ?? factors
    projections[projection] = adjustment
  }

  /// The input of down is activation(gate) ⊙ up, so that scaling it is scaling up's output.
  fileprivate mutating func scaleInput(of projection: Projection, by factors: Weight) {
    guard projection != .down else { return scale(.up, by: factors) }
    var adjustment = projections[projection] ?? ProjectionAdjustment()
    adjustment.inputScale = factors
    projections[projection] = adjustment
  }

  private func product(_ first: Weight, _ second: Weight) -> Weight {
    Weight(vector: zip(first.array, second.array).map { $0 * $1 })
  }
}

extension AdapterMethod {
  public static let ia3 = AdapterMethod(IA3.self)
}
