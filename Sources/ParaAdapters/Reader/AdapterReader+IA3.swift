import ParaCheckpoints
import ParaTensors

extension AdapterReader {
  /// A tensor `ia3_l` for each adapted projection: [output, 1], or [1, input] for a feed-forward
  /// module, whose input PEFT scales.
  ///
  /// The input of `down_proj` is SiLU(gate) ⊙ up, so scaling it is scaling up.
  mutating func ia3Layers() throws -> [Adapter.Layer] {
    let feedForward = try configuration.modules("feedforward_modules") ?? .list(["down_proj"])
    var layers = emptyLayers
    for (layer, site) in adapted {
      let place = TensorPlace(layer: layer, site: site, part: "ia3_l")
      if feedForward.containsByEnding(place.module) {
        let scale = try take(place, rows: 1, columns: site.inputSize(model))
        if site == .down {
          layers[layer].scale(.up, by: scale)
        } else {
          layers[layer].scaleInput(of: site, by: scale)
        }
      } else {
        let scale = try take(place, rows: site.outputSize(model), columns: 1)
        layers[layer].scale(site, by: scale)
      }
    }
    return layers
  }
}

extension Adapter.Layer {
  fileprivate mutating func scale(_ site: Site, by factors: Weight) {
    var adjustment = sites[site] ?? SiteAdjustment()
    adjustment.scale = adjustment.scale.map { product($0, factors) } ?? factors
    sites[site] = adjustment
  }

  fileprivate mutating func scaleInput(of site: Site, by factors: Weight) {
    var adjustment = sites[site] ?? SiteAdjustment()
    adjustment.inputScale = factors
    sites[site] = adjustment
  }

  private func product(_ first: Weight, _ second: Weight) -> Weight {
    let factors = FloatBuffer(zip(first.array, second.array).map { $0 * $1 })
    return Weight(factors, rows: 1, columns: factors.count)
  }
}
