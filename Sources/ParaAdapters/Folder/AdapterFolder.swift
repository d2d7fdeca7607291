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
    for name in file.tensors.keys.sorted() {
      guard let tensor = TensorName(name) else {
        throw CheckpointError(
          .unsupported, file.url,
          "has the tensor \(name), which has no place here: it names no layer of the model.")
      }
      if let other = names.updateValue(name, forKey: tensor) {
        throw CheckpointError(
          .malformed, file.url, "has the tensors \(other) and \(name) for the same place.")
      }
    }
    return names
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
