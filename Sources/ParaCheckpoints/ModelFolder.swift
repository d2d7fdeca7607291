public import Foundation
package import ParaTensors

/// A Hugging Face model folder: `config.json`, and `model.safetensors` or the shards that
/// `model.safetensors.index.json` lists.
public struct ModelFolder: Sendable {
  public let url: URL
  package let configuration: ModelConfiguration
  let files: [SafetensorsFile]
  /// The index of the file that holds a tensor, by the tensor's name.
  private let fileOfTensor: [String: Int]

  public init(_ url: URL) throws {
    self.url = url
    configuration = try ModelConfiguration(url.appending(path: "config.json"))
    files = try Self.weightFiles(url).map(SafetensorsFile.init)
    var fileOfTensor: [String: Int] = [:]
    for (index, file) in files.enumerated() {
      for name in file.tensors.keys {
        guard fileOfTensor.updateValue(index, forKey: name) == nil else {
          throw CheckpointError(
            .malformed, file.url, "holds tensor \(name), which another file holds too.")
        }
      }
    }
    self.fileOfTensor = fileOfTensor
  }

  /// The model's identity: the hash of its configuration and weights.
  package func contentHash() throws -> String {
    try ContentHash.of(files: [url.appending(path: "config.json")] + files.map(\.url))
  }

  package var tensorNames: some Collection<String> { fileOfTensor.keys }

  /// A tensor in its stored data type, mapped; [rows, columns].
  ///
  /// A projection that the file fuses with others is a slice of their tensor.
  package func storedWeight(_ name: String, rows: Int, columns: Int) throws -> Weight {
    if let (fused, part, all) = configuration.fusedTensor(holding: name) {
      return try storedWeight(fused, rows: all, columns: columns).slice(rows: part)
    }
    guard let file = fileOfTensor[name] else {
      throw CheckpointError(
        .missingTensor, files.count == 1 ? files[0].url : url,
        "has no tensor \(name), expected with shape \(rows == 1 ? [columns] : [rows, columns]).")
    }
    return try files[file].storedWeight(name, rows: rows, columns: columns)
  }

  /// A tensor in fp32, converted if the file holds bf16 or fp16; [rows, columns].
  package func weight(_ name: String, rows: Int, columns: Int) throws -> Weight {
    try storedWeight(name, rows: rows, columns: columns).upcast
  }

  /// Refuses tensors that are not in `used`: a model without them computes something else.
  ///
  /// Exempt are a head that is stored although it is tied to the embeddings, and the rotary
  /// frequencies in old files.
  package func refuseTensors(except used: Set<String>) throws {
    let used = Set(used.map { configuration.fusedTensor(holding: $0)?.name ?? $0 })
    let unused = fileOfTensor.keys.filter { name in
      !used.contains(name) && !name.hasSuffix(".rotary_emb.inv_freq")
        && !(configuration.tiedHead && name == "lm_head.weight")
    }
    guard let name = unused.min(), let file = fileOfTensor[name] else { return }
    let why =
      name.hasSuffix(".bias")
      ? "its config.json says that there is no such bias"
      : "a model of its config.json has none of this name"
    throw CheckpointError(
      .unsupported, files[file].url, "has the tensor \(name), but \(why).")
  }

  /// Releases the memory of what was read so far; the files stay mapped.
  package func releasePages() {
    for file in files { file.releasePages() }
  }

  private static func weightFiles(_ url: URL) throws -> [URL] {
    let single = url.appending(path: "model.safetensors")
    let indexURL = url.appending(path: "model.safetensors.index.json")
    guard FileManager.default.fileExists(atPath: indexURL.path) else { return [single] }
    let names = Set(try ConfigurationKeys(indexURL).textMap("weight_map").map(\.text)).sorted()
    if let outside = names.first(where: { $0.contains("/") || $0 == ".." }) {
      throw CheckpointError(
        .malformed, indexURL, "names the file \(outside), which is not in the folder.")
    }
    return try names.map { name in
      let file = url.appending(path: name)
      guard FileManager.default.fileExists(atPath: file.path) else {
        throw CheckpointError(
          .unreadable, indexURL, "names the file \(name), which is not in the folder.")
      }
      return file
    }
  }
}

// MARK: Size

extension ModelFolder {
  /// The count of parameters in all tensors, as they are stored.
  package var parameterCount: Int {
    tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  /// Bytes of the tensors' data.
  package var byteCount: Int { tensors.reduce(0) { $0 + $1.offsets.count } }

  /// The names of the data types of the tensors, sorted.
  package var formats: [String] { Set(tensors.map(\.format.rawValue)).sorted() }

  /// What `config.json` calls the architecture; nil if it does not say.
  package func architecture() throws -> String? {
    try ConfigurationKeys(url.appending(path: "config.json")).architecture()
  }

  private var tensors: [TensorDescription] { files.flatMap(\.tensors.values) }
}
