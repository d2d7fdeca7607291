import ParaCheckpoints
import ParaModel
import ParaTensors

/// A linear module of one decoder layer, as PEFT addresses it: a projection, or several projections
/// that the model keeps in one weight.
struct TargetModule: Hashable {
  let layer: Int
  /// The path inside the layer, such as `self_attn.q_proj`.
  let name: String
  let inputSize: Int
  let outputSize: Int
  let parts: [Part]

  /// A projection, and which of the module's output features are its own.
  struct Part: Hashable {
    let projection: Projection
    let rows: Range<Int>
  }

  /// The last component of the path, such as `q_proj`.
  var lastName: String { String(name.drop { $0 != "." }.dropFirst()) }
  /// The path from the model's root, as PEFT matches it.
  var path: String { "model.layers.\(layer).\(name)" }

  func tensor(_ part: String) -> TensorName { TensorName(layer: layer, module: name, part: part) }

  /// The modules of the model's layers.
  ///
  /// - Parameter tensors: An adapter's tensors. Where the model fuses projections, theirs may be those
  ///   of the fused module, as PEFT has them, or of each projection.
  static func all(of model: ModelConfiguration, for tensors: some Collection<TensorName>)
    -> [TargetModule]
  {
    let present = Set(tensors.map { Place(layer: $0.layer, name: $0.module) })
    return (0..<model.layers).flatMap { layer in
      let fused = model.fusedProjections.filter { fused in
        !fused.parts.contains { present.contains(Place(layer: layer, name: $0.path)) }
      }
      let covered = Set(fused.flatMap { $0.parts.map(\.path) })
      return Projection.allCases.filter { !covered.contains($0.path) }
        .map { TargetModule($0, layer: layer, model) }
        + fused.map { TargetModule($0, layer: layer, model) }
    }
  }

  private struct Place: Hashable {
    var layer: Int
    var name: String?
  }

  private init(_ projection: Projection, layer: Int, _ model: ModelConfiguration) {
    self.layer = layer
    name = projection.path
    inputSize = projection.inputSize(model)
    outputSize = projection.outputSize(model)
    parts = [Part(projection: projection, rows: 0..<outputSize)]
  }

  private init(_ fused: FusedProjection, layer: Int, _ model: ModelConfiguration) {
    self.layer = layer
    name = fused.path
    parts = fused.parts.compactMap { part in
      Projection.allCases.first { $0.path == part.path }
        .map { Part(projection: $0, rows: part.rows) }
    }
    inputSize = parts.first?.projection.inputSize(model) ?? 0
    outputSize = parts.last?.rows.upperBound ?? 0
  }
}

// What adapters hold for a module, by its parts.
extension Weight {
  /// A vector, [1, count].
  init(vector: [Float]) {
    self.init(FloatBuffer(vector), rows: 1, columns: vector.count)
  }

  /// Some elements of a vector, [1, range.count].
  func elements(_ range: Range<Int>) -> Weight {
    range.count == count ? self : Weight(vector: Array(array[range]))
  }
}

/// The place of an adapter's tensor in the model: `base_model.model.model.layers.3.self_attn.q_proj.
/// lora_A.weight` is the part `lora_A.weight` of layer 3's module `self_attn.q_proj`. A tensor of a
/// layer as a whole has no module.
struct TensorName: Hashable {
  let layer: Int
  /// The module's path inside the layer.
  let module: String?
  let part: String

  private static let prefix = "base_model.model."

  init(layer: Int, module: String?, part: String) {
    self.layer = layer
    self.module = module
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
    // A layer's own tensors have names of two components, such as `para_down.weight`.
    let isModules = parts.count >= 6
    self.init(
      layer: layer, module: isModules ? parts[3..<5].joined(separator: ".") : nil,
      part: parts.dropFirst(isModules ? 5 : 3).joined(separator: "."))
  }

  /// The name as PEFT writes it.
  var text: String {
    "\(Self.prefix)model.layers.\(layer)." + (module.map { $0 + "." } ?? "") + part
  }
}
