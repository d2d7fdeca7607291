import Foundation
import ParaCheckpoints

/// A PEFT folder, opened: `adapter_config.json` and `adapter_model.safetensors`.
struct AdapterFolder {
  let configuration: AdapterConfiguration
  let file: SafetensorsFile

  static let configurationName = "adapter_config.json"
  static let tensorsName = "adapter_model.safetensors"

  init(_ folder: URL) throws {
    try Self.refuseOtherLayouts(folder)
    configuration = try AdapterConfiguration(folder.appending(path: Self.configurationName))
    file = try SafetensorsFile(folder.appending(path: Self.tensorsName))
    try refuseVocabularyTargets()
  }

  /// SHA-256 over the two files, without interpreting them.
  static func contentHash(_ folder: URL) throws -> String {
    try refuseOtherLayouts(folder)
    return try ContentHash.of(files: [
      folder.appending(path: configurationName), folder.appending(path: tensorsName),
    ])
  }

  /// Elements of all tensors.
  var parameterCount: Int {
    file.tensors.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  /// The file's names of the tensors by their place in the model.
  func tensorNames() throws -> [TensorName: String] {
    var names: [TensorName: String] = [:]
    for name in file.tensors.keys.sorted() + file.unreadable.keys.sorted() {
      guard let tensor = TensorName(name) else {
        throw CheckpointError(
          .unsupported, file.url,
          "has the tensor \(name), which has no place here: \(Self.reason(against: name)).")
      }
      if let other = names.updateValue(name, forKey: tensor) {
        throw CheckpointError(
          .malformed, file.url, "has the tensors \(other) and \(name) for the same place.")
      }
    }
    return names
  }

  /// Refuses targets that reach beyond the layers' projections.
  private func refuseVocabularyTargets() throws {
    guard !configuration.kind.adaptsWholeLayers, let targets = try configuration.targetModules()
    else { return }
    for outside in ["lm_head", "model.embed_tokens"]
    where try targets.contains(outside, layer: nil) {
      throw configuration.wrong(
        "target_modules",
        "limited to projections of layers: it reaches \(outside), which cannot be adapted here")
    }
  }

  /// Why a tensor that is no layer's cannot be used. PEFT saves the vocabulary's matrices along when the
  /// vocabulary was resized.
  private static func reason(against name: String) -> String {
    let isVocabulary = ["lm_head", "embed_tokens"].contains { module in
      [".weight", ".base_layer.weight"].contains { name.hasSuffix(module + $0) }
    }
    return isVocabulary
      ? "the vocabulary's matrices were saved along, and only projections of layers can be adapted; "
        + "merge the adapter into its base model, or save it without them (save_embedding_layers=False)"
      : "it names no layer of the model"
  }

  /// Refuses other programs' layouts, which are often mistaken for PEFT's.
  private static func refuseOtherLayouts(_ folder: URL) throws {
    func holds(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }
    guard !holds(tensorsName) else { return }
    if holds("adapters.safetensors") {
      throw CheckpointError(
        .unsupported, folder,
        "has adapters.safetensors, MLX's layout; a PEFT folder (\(configurationName), \(tensorsName)) is needed."
      )
    }
    if holds("adapter_model.bin") {
      throw CheckpointError(
        .unsupported, folder,
        "has adapter_model.bin, a pickle, which can run code when it is read; save it as \(tensorsName)."
      )
    }
  }
}
