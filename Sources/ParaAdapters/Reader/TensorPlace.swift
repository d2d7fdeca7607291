import ParaModel

/// Where a tensor belongs: `base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight` is
/// layer 3, projection query, part `lora_A.weight`. A tensor of the layer as a whole has no projection.
struct TensorPlace: Hashable {
  var layer: Int
  var projection: Projection?
  var part: String

  init(layer: Int, projection: Projection?, part: String) {
    self.layer = layer
    self.projection = projection
    self.part = part
  }

  /// Nil for a name that is not of a decoder's layer.
  init?(_ name: String) {
    var path = name[...]
    // A model that is wrapped twice has the prefix twice.
    while path.hasPrefix(Self.prefix) { path = path.dropFirst(Self.prefix.count) }
    let parts = path.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0] == "model", parts[1] == "layers", let layer = Int(parts[2])
    else { return nil }
    let inner = parts.dropFirst(3)
    let projection = Projection.allCases.first { inner.starts(with: $0.path.split(separator: ".")) }
    self.init(
      layer: layer, projection: projection,
      part: inner.dropFirst(projection == nil ? 0 : 2).joined(separator: "."))
  }

  private static let prefix = "base_model.model."

  /// The path of the module that it belongs to, as PEFT matches it.
  var module: String {
    "model.layers.\(layer)" + (projection.map { ".\($0.path)" } ?? "")
  }

  /// The tensor's name as PEFT writes it.
  var name: String { "\(Self.prefix)\(module).\(part)" }
}
