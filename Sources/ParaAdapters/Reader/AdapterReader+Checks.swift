import ParaCheckpoints
import ParaModel

extension AdapterReader {
  func checkLayers() throws {
    for place in places.keys.sorted(by: { $0.name < $1.name })
    where !(0..<model.layers).contains(place.layer) {
      throw unexpected(place, "the model has \(model.layers) layers")
    }
  }

  /// Refuses targets that reach beyond the layers' projections, or reach none.
  func checkTargets() throws {
    guard let targets else { return }
    for outside in ["lm_head", "model.embed_tokens"] where targets.contains(outside, layer: nil) {
      throw configuration.wrong(
        "target_modules",
        "limited to projections of layers: it reaches \(outside), which cannot be adapted here")
    }
    if adapted.isEmpty {
      throw configuration.wrong(
        "target_modules", "the names of projections of the model, which none of these is")
    }
  }

  func unexpected(_ place: TensorPlace, _ reason: String) -> CheckpointError {
    CheckpointError(
      .unsupported, file.url,
      "has the tensor \(places[place] ?? place.name), which has no place here: \(reason).")
  }

  /// Why nothing asked for a tensor.
  func reason(against place: TensorPlace) -> String {
    let parts = "\(configuration.method.title) has \(configuration.method.parts)"
    guard configuration.method != .para else { return parts }
    guard place.projection != nil else {
      return
        "it belongs to none of \(Projection.allCases.map(\.moduleName).joined(separator: ", "))"
    }
    let isTarget = targets?.contains(place.module, layer: place.layer) ?? true
    return isTarget ? parts : "adapter_config.json does not target \(place.module)"
  }
}

extension AdapterMethod {
  /// The name that people use.
  package var title: String {
    switch self {
    case .para: "PARA"
    case .lora: "LoRA"
    case .ia3: "(IA)³"
    case .bitFit: "BitFit"
    }
  }

  /// What its tensors are called.
  var parts: String {
    switch self {
    case .para:
      "para_down.weight, para_up.weight, with bias para_up.bias and with pool attention para_pool.weight"
    case .lora: "lora_A.weight and lora_B.weight, with bias all or lora_only bias"
    case .ia3: "ia3_l"
    case .bitFit: "bias"
    }
  }
}
