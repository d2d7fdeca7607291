import ParaCheckpoints
import ParaModel

extension AdapterReader {
  /// For each layer `para_down.weight` [r, hidden], `para_up.weight` [outputs, r], with `bias`
  /// `para_up.bias` [outputs] and with an attention pool `para_pool.weight` [1, hidden]; the
  /// outputs are those of the target modules in the order q, k, v, o, gate, up, down.
  mutating func paraLayers() throws -> [AdapterWeights.Layer] {
    let options = try PARAOptions(configuration)
    var layers = emptyLayers
    for index in layers.indices {
      layers[index].generator = try generator(layer: index, options)
    }
    return layers
  }

  private mutating func generator(layer: Int, _ options: PARAOptions) throws -> VectorGenerator {
    let outputs = options.outputSize(model)
    func place(_ part: String) -> TensorPlace {
      TensorPlace(layer: layer, projection: nil, part: part)
    }
    return VectorGenerator(
      pool: options.pool,
      poolQuery: options.pool == .attention
        ? try take(place("para_pool.weight"), rows: 1, columns: model.hiddenSize) : nil,
      activation: options.activation,
      down: try take(place("para_down.weight"), rows: options.rank, columns: model.hiddenSize),
      up: try take(place("para_up.weight"), rows: outputs, columns: options.rank),
      bias: options.bias ? try take(place("para_up.bias"), rows: 1, columns: outputs) : nil,
      parts: options.parts(model))
  }
}
