import ParaCheckpoints
import ParaModel

extension AdapterReader {
  /// A tensor `bias` [output] for each adapted projection: what is added to the projection,
  /// whether the base model has a bias there or not.
  mutating func bitFitLayers() throws -> [AdapterWeights.Layer] {
    var layers = emptyLayers
    for (layer, projection) in adapted {
      let place = TensorPlace(layer: layer, projection: projection, part: "bias")
      layers[layer].projections[projection] = ProjectionAdjustment(
        bias: try take(place, rows: 1, columns: projection.outputSize(model)))
    }
    return layers
  }
}
