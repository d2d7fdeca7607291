public import Foundation
public import ParaCheckpoints
package import ParaModel
import ParaRegex

/// A tenant's adapter over a shared model, which it never changes.
///
/// It is identified by the hash of its content; the name is for people.
public final class Adapter: Sendable {
  public let name: String
  public let method: AdapterMethod
  /// SHA-256 over the configuration and the weights.
  public let contentHash: String
  /// Elements of its tensors.
  public let parameterCount: Int
  /// What it does in the model.
  package let weights: AdapterWeights
  package var layers: [AdapterWeights.Layer] { weights.layers }

  package init(
    name: String, method: AdapterMethod, contentHash: String, parameterCount: Int,
    layers: [AdapterWeights.Layer]
  ) {
    self.name = name
    self.method = method
    self.contentHash = contentHash
    self.parameterCount = parameterCount
    weights = AdapterWeights(layers: layers)
  }

  /// Reads a PEFT folder (`adapter_config.json`, `adapter_model.safetensors`) made for `model`.
  ///
  /// Throws a `CheckpointError` that names the key or tensor which is missing, of a wrong shape or
  /// not understood, or says that the adapter was made for another base model.
  public convenience init(folder: URL, name: String, for model: ModelFolder) throws {
    try self.init(
      folder: folder, name: name, contentHash: AdapterFolder.contentHash(folder),
      base: BaseModel(model))
  }

  /// Reads a folder whose content hash is known.
  convenience init(folder: URL, name: String, contentHash: String, base: BaseModel) throws {
    let opened = try AdapterFolder(folder)
    try opened.checkBase(base)
    try opened.file.checkElements()
    self.init(
      name: name, method: opened.configuration.method, contentHash: contentHash,
      parameterCount: opened.parameterCount, layers: try opened.layers(for: base))
  }

  /// An adapter of random weights close to the identity, for benchmarks and tests.
  package convenience init(
    random method: AdapterMethod, _ model: ModelConfiguration, name: String, seed: UInt64
  ) {
    var weights = RandomWeights(seed: seed)
    self.init(
      name: name, method: method, contentHash: name, parameterCount: 0,
      layers: method.kind.random(model, &weights))
  }

  /// Bytes of its tensors, which are kept in fp32.
  public var byteCount: Int { parameterCount * MemoryLayout<Float>.size }

  /// Bytes of the vectors that it makes of each prompt.
  package var vectorBytes: Int { weights.vectorBytes }
}

extension BoundAdapter {
  /// Binds an adapter, which stays alive as long as the request.
  package convenience init(_ adapter: Adapter) { self.init(adapter.weights, owner: adapter) }

  package var adapter: Adapter? { owner as? Adapter }
}

extension AdapterFolder {
  /// What the adapter does, for each layer of the model.
  ///
  /// - Parameter numbers: False to check names and shapes alone: then all numbers are 0.
  func layers(for base: BaseModel, numbers: Bool = true) throws -> [AdapterWeights.Layer] {
    do {
      var reader = try AdapterReader(self, base: base, numbers: numbers)
      return try reader.layers()
    } catch let error as PythonRegexError {
      throw CheckpointError(.unsupported, configuration.url, error.message)
    }
  }

  /// Refuses an adapter that says it was made for a model of other content.
  fileprivate func checkBase(_ base: BaseModel) throws {
    guard let expected = try configuration.baseModelHash() else { return }
    let found = try base.contentHash()
    guard found == expected else {
      throw CheckpointError(
        .unsupported, configuration.url,
        "was made for the base model with base_model_sha256 \(expected), but this model's is \(found)."
      )
    }
  }
}
