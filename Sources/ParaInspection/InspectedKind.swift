import Foundation
import ParaAdapters

/// What lies at a path, by the names of the files there.
enum InspectedKind: String, Encodable {
  case model, tokenizer, adapter, adapters, input

  init(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InspectionError.missing(path)
    }
    guard let kind = isFolder.boolValue ? Self.folder(path) : Self.file(path) else {
      throw InspectionError.unknown(path, isFolder: isFolder.boolValue)
    }
    self = kind
  }

  private static func folder(_ path: String) -> InspectedKind? {
    func holds(_ names: String...) -> Bool {
      names.contains { FileManager.default.fileExists(atPath: "\(path)/\($0)") }
    }
    if holds("adapter_config.json", "adapter_model.safetensors", "adapters.safetensors") {
      return .adapter
    }
    if holds("model.safetensors", "model.safetensors.index.json") { return .model }
    if holds("tokenizer.json", "tokenizer.model", "vocab.json") { return .tokenizer }
    if holds("config.json") { return .model }
    let adapters = try? AdapterBank.discover(in: URL(filePath: path))
    return adapters?.isEmpty == false ? .adapters : nil
  }

  /// Anything may hold records; what is surely something else is not read as one.
  private static func file(_ path: String) -> InspectedKind? {
    let name = URL(filePath: path).lastPathComponent
    if name == "tokenizer.json" || name.hasSuffix(".model") { return .tokenizer }
    return name.hasSuffix(".safetensors") || name.hasSuffix(".gguf") ? nil : .input
  }
}
