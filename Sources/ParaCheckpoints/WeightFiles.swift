import Foundation

/// The files of a model folder's weights, as transformers chooses them: `model.safetensors`, else the
/// shards that `model.safetensors.index.json` lists.
enum WeightFiles {
  static let single = "model.safetensors"
  static let index = "model.safetensors.index.json"

  static func find(in folder: URL) throws -> [URL] {
    if exists(single, in: folder) { return [folder.appending(path: single)] }
    if exists(index, in: folder) { return try shards(in: folder) }
    throw missing(in: folder)
      ?? CheckpointError(
        .unreadable, folder,
        "has no weights: \(single), or \(index) and the files that it lists, is needed.")
  }

  private static func exists(_ name: String, in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: name).path)
  }

  private static func shards(in folder: URL) throws -> [URL] {
    let url = folder.appending(path: index)
    let names = Set(try ConfigurationKeys(url).textMap("weight_map").map(\.text)).sorted()
    if let outside = names.first(where: { $0.contains("/") || $0 == ".." }) {
      throw CheckpointError(
        .malformed, url, "names the file \(outside), which is not in the folder.")
    }
    return try names.map { name in
      guard exists(name, in: folder) else {
        throw CheckpointError(
          .unreadable, url, "names the file \(name), which is not in the folder.")
      }
      return folder.appending(path: name)
    }
  }

  /// What a folder without readable weights has in their place, and what to do; nil if nothing is
  /// known.
  static func missing(in folder: URL) -> CheckpointError? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
    for (isKind, sentence) in kinds {
      guard let name = names.first(where: isKind) else { continue }
      return CheckpointError(.unsupported, folder, "has \(name), \(sentence).")
    }
    return nil
  }

  private static let kinds: [(isKind: @Sendable (String) -> Bool, sentence: String)] = [
    (
      { $0.hasPrefix("consolidated") && $0.hasSuffix(".safetensors") },
      "which is Mistral's own layout; take the model in Hugging Face's (\(single))"
    ),
    (
      { $0 == "adapter_model.safetensors" },
      "so it is an adapter; name it as one, and its base model as the model"
    ),
    (
      { $0.hasSuffix(".safetensors") },
      "but neither \(single) nor \(index), which lists a model's files; fetch what is missing"
    ),
    (
      { $0.hasSuffix(".gguf") },
      "which is GGUF and cannot be read; take the model in safetensors"
    ),
    (
      isPickle,
      "a pickle, which can run code when it is read; save the model as \(single)"
    ),
    (
      { name in [".h5", ".msgpack", ".onnx", ".npz"].contains { name.hasSuffix($0) } },
      "which cannot be read; take the model in safetensors"
    ),
  ]

  /// By the names that PyTorch's programs give a model's weights; other pickles may lie beside any.
  @Sendable private static func isPickle(_ name: String) -> Bool {
    ["pytorch_model", "model", "consolidated", "checkpoint"].contains(where: name.hasPrefix)
      && [".bin", ".bin.index.json", ".pt", ".pth", ".ckpt"].contains(where: name.hasSuffix)
  }
}
