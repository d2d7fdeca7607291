import ParaCheckpoints
import ParaModel
import ParaTensors

/// BitFit (arXiv 2106.10199): a trained bias at projections, y' = W x + b + bias, whether the model has
/// a bias b there or not.
struct BitFit: AdapterKind {
  static let name = "BITFIT"
  static let title = "BitFit"
  static let keys: Set = ["target_modules", "exclude_modules"]
  static let tensors = "bias"

  init(_ configuration: AdapterConfiguration) {}

  func layers(from reader: inout AdapterReader) throws -> [AdapterWeights.Layer] {
    var layers = reader.emptyLayers
    for module in reader.adapted {
      let bias = try reader.take("bias", of: module, rows: 1, columns: module.outputSize)
      for part in module.parts {
        layers[module.layer].projections[part.projection] = ProjectionAdjustment(
          bias: bias.elements(part.rows))
      }
    }
    return layers
  }

  static func random(_ model: ModelConfiguration, _ weights: inout RandomWeights)
    -> [AdapterWeights.Layer]
  {
    (0..<model.layers).map { _ in
      var layer = AdapterWeights.Layer()
      for projection in Projection.allCases {
        layer.projections[projection] = ProjectionAdjustment(
          bias: weights.make(1, projection.outputSize(model)))
      }
      return layer
    }
  }
}

extension AdapterMethod {
  public static let bitFit = AdapterMethod(BitFit.self)
}
