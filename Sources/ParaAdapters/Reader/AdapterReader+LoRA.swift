import ParaCheckpoints
import ParaModel
import ParaTensors

extension AdapterReader {
  /// Tensors `lora_A.weight` [r, input] and `lora_B.weight` [output, r] for each adapted
  /// projection.
  mutating func loraLayers() throws -> [AdapterWeights.Layer] {
    let options = try LoRAOptions(configuration)
    var layers = emptyLayers
    for (layer, projection) in adapted {
      func place(_ part: String) -> TensorPlace {
        TensorPlace(layer: layer, projection: projection, part: part)
      }
      let module = place("").module
      let rank = options.rank(of: module)
      layers[layer].projections[projection] = ProjectionAdjustment(
        lowRank: .init(
          a: try take(place("lora_A.weight"), rows: rank, columns: projection.inputSize(model)),
          b: try take(place("lora_B.weight"), rows: projection.outputSize(model), columns: rank),
          factor: options.factor(of: module)))
    }
    if options.bias != .none { try addTrainedBiases(to: &layers) }
    return layers
  }

  /// PEFT saves the base model's biases whole, as training left them: what the adapter adds is the
  /// difference. A bias of an adapted projection is called `base_layer.bias`.
  ///
  /// PEFT 0.18 means to save biases with `lora_only` too, but looks under the wrong name and saves
  /// none; where a folder has them, they are read.
  private mutating func addTrainedBiases(to layers: inout [AdapterWeights.Layer]) throws {
    for place in places.keys where ["bias", "base_layer.bias"].contains(place.part) {
      guard let projection = place.projection else { continue }
      let trained = try take(place, rows: 1, columns: projection.outputSize(model))
      guard let untrained = try base.bias(of: projection, layer: place.layer) else {
        throw unexpected(place, "the model has no bias there")
      }
      let difference = FloatBuffer(zip(trained.array, untrained.array).map { $0 - $1 })
      var adjustment = layers[place.layer].projections[projection] ?? ProjectionAdjustment()
      adjustment.bias = Weight(difference, rows: 1, columns: difference.count)
      layers[place.layer].projections[projection] = adjustment
    }
  }
}
