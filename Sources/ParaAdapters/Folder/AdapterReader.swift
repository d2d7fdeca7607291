import Foundation
import ParaCheckpoints
import ParaModel
import ParaTensors

/// The tensors of an adapter's folder while they are read for a model: an adapter kind takes those that
/// the configuration asks for, and any that is left over is refused.
struct AdapterReader {
  let configuration: AdapterConfiguration
  let base: BaseModel
  private let file: SafetensorsFile
  /// Whether tensors are read, and not only their shapes.
  let readsNumbers: Bool
  /// The modules that the configuration names; nil leaves them to the tensors.
  private let targets: TargetModules?
  /// The file's names of the tensors.
  private let names: [TensorName: String]
  private var unread: Set<TensorName>
  /// The model's modules.
  private let modules: [TargetModule]
  /// The adapted modules in the order of the layers.
  let adapted: [TargetModule]

  var model: ModelConfiguration { base.configuration }

  init(_ folder: AdapterFolder, base: BaseModel, numbers: Bool) throws {
    configuration = folder.configuration
    file = folder.file
    readsNumbers = numbers
    self.base = base
    targets = configuration.kind.adaptsWholeLayers ? nil : try configuration.targetModules()
    names = try folder.tensorNames()
    unread = Set(names.keys)
    let modules = TargetModule.all(of: base.configuration, for: names.keys)
    self.modules = modules
    if let targets {
      adapted = try modules.filter { try targets.contains($0.path, layer: $0.layer) }
    } else {
      let present = Set(names.keys.map { TensorName(layer: $0.layer, module: $0.module, part: "") })
      adapted = modules.filter { present.contains($0.tensor("")) }
    }
    try checkLayers()
    try checkTargets()
  }

  /// What the adapter does, for each layer of the model.
  mutating func layers() throws -> [AdapterWeights.Layer] {
    let layers = try configuration.kind.init(configuration).layers(from: &self)
    // The first in order, so that the same folder is refused with the same message.
    if let left = unread.min(by: { $0.text < $1.text }) {
      throw unexpected(left, reason(against: left))
    }
    return layers
  }

  var emptyLayers: [AdapterWeights.Layer] {
    Array(repeating: AdapterWeights.Layer(), count: model.layers)
  }

  /// The modules that have a tensor of one of the names, adapted or not, with that name.
  func modules(with parts: [String]) -> [(module: TargetModule, part: String)] {
    modules.flatMap { module in
      parts.filter { names[module.tensor($0)] != nil }.map { (module, $0) }
    }
  }
}

// Taking tensors.
extension AdapterReader {
  /// A module's tensor in fp32.
  ///
  /// - Throws: A `CheckpointError` if the file lacks it or it has another shape than [rows, columns].
  mutating func take(_ part: String, of module: TargetModule, rows: Int, columns: Int) throws
    -> Weight
  {
    try take(module.tensor(part), rows: rows, columns: columns)
  }

  /// A tensor of a layer as a whole, likewise.
  mutating func take(_ part: String, ofLayer layer: Int, rows: Int, columns: Int) throws -> Weight {
    try take(TensorName(layer: layer, module: nil, part: part), rows: rows, columns: columns)
  }

  private mutating func take(_ tensor: TensorName, rows: Int, columns: Int) throws -> Weight {
    guard let name = names[tensor] else {
      throw CheckpointError(
        .missingTensor, file.url,
        "has no tensor \(tensor.text), which adapter_config.json asks for with shape \([rows, columns])."
      )
    }
    unread.remove(tensor)
    guard readsNumbers else {
      _ = try file.storedWeight(name, rows: rows, columns: columns)
      return Weight(FloatBuffer(repeating: 0, count: rows * columns), rows: rows, columns: columns)
    }
    return try file.weight(name, rows: rows, columns: columns)
  }
}

// Refusing what is left over.
extension AdapterReader {
  private func checkLayers() throws {
    for tensor in names.keys.sorted(by: { $0.text < $1.text })
    where !(0..<model.layers).contains(tensor.layer) {
      throw unexpected(tensor, "the model has \(model.layers) layers")
    }
  }

  /// Refuses targets that reach no projection.
  private func checkTargets() throws {
    if targets != nil, adapted.isEmpty {
      throw configuration.wrong(
        "target_modules", "the names of projections of the model, which none of these is")
    }
  }

  func unexpected(_ tensor: TensorName, _ reason: String) -> CheckpointError {
    CheckpointError(
      .unsupported, file.url,
      "has the tensor \(names[tensor] ?? tensor.text), which has no place here: \(reason).")
  }

  func malformed(_ message: String) -> CheckpointError {
    CheckpointError(.malformed, file.url, message)
  }

  /// Why nothing asked for a tensor.
  private func reason(against tensor: TensorName) -> String {
    let kind = configuration.kind
    let tensors = "\(kind.title) has \(kind.tensors)"
    guard !kind.adaptsWholeLayers else { return tensors }
    guard let module = modules.first(where: { $0.tensor(tensor.part) == tensor }) else {
      let names = modules.filter { $0.layer == tensor.layer }.map(\.lastName)
      return "it belongs to none of \(names.joined(separator: ", "))"
    }
    let isTarget = targets == nil || adapted.contains(module)
    return isTarget ? tensors : "adapter_config.json does not target \(module.path)"
  }
}
