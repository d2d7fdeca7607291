import ParaCheckpoints

extension AdapterReader {
  /// A tensor `bias` [output] for each adapted projection: what is added to the projection,
  /// whether the base model has a bias there or not.
  mutating func bitFitLayers() throws -> [Adapter.Layer] {
    var layers = emptyLayers
    for (layer, site) in adapted {
      let place = TensorPlace(layer: layer, site: site, part: "bias")
      layers[layer].sites[site] = SiteAdjustment(
        bias: try take(place, rows: 1, columns: site.outputSize(model)))
    }
    return layers
  }
}
