import ParaCheckpoints
import ParaModel
import ParaTensors

extension AdapterReader {
  /// A tensor `ia3_l` for each adapted projection: [output, 1], or [1, input] for a feed-forward
  /// module, whose input PEFT scales.
  ///
  /// The input of `down_proj` is SiLU(gate) ⊙ up, so scaling it is scaling up.
  mutating func ia3Layers() throws -> [AdapterWeights.Layer] {
    let feedForward = try configuration.modules("feedforward_modules") ?? .list(["down_proj"])
    var layers = emptyLayers
    for (layer, projection) in adapted {
      let place = TensorPlace(layer: layer, projection: projection, part: "ia3_l")
      if feedForward.containsByEnding(place.module) {
        let scale = try take(place, rows: 1, columns: projection.inputSize(model))
        if projection == .down {
          layers[layer].scale(.up, by: scale)
        } else {
          layers[layer].scaleInput(of: projection, by: scale)
        }
      } else {
        let scale = try take(place, rows: projection.outputSize(model), columns: 1)
        layers[layer].scale(projection, by: scale)
      }
    }
    return layers
  }
}

extension AdapterWeights.Layer {
  fileprivate mutating func scale(_ projection: Projection, by factors: Weight) {
    var adjustment = projections[projection] ?? ProjectionAdjustment()
    adjustment.scale = adjustment.scale.map { product($0, factors) } ?? factors
    projections[projection] = adjustment
  }

  fileprivate mutating func scaleInput(of projection: Projection, by factors: Weight) {
    var adjustment = projections[projection] ?? ProjectionAdjustment()
    adjustment.inputScale = factors
    projections[projection] = adjustment
  }

  private func product(_ first: Weight, _ second: Weight) -> Weight {
    let factors = FloatBuffer(zip(first.array, second.array).map { $0 * $1 })
    return Weight(factors, rows: 1, columns: factors.count)
  }
}
