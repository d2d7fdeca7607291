public import Foundation
public import ParaCheckpoints
package import ParaTensors
import Synchronization

/// A tenant's adapter over a shared, never changed model.
///
/// It is known by the hash of its content; the name is for people.
public final class Adapter: Sendable {
  public let name: String
  public let method: AdapterMethod
  /// SHA-256 over the configuration and the weights.
  public let contentHash: String
  /// Numbers that training set.
  public let parameterCount: Int
  package let layers: [Layer]
  private let hasLowRank: Bool
  private let packed = Mutex<[ComputeType: PackedAdapter]>([:])

  /// What the adapter does in one layer.
  package struct Layer: Sendable {
    package var sites = SiteTable<SiteAdjustment?>(repeating: nil)
    package var generator: VectorGenerator?

    package init() {}
  }

  package init(
    name: String, method: AdapterMethod, contentHash: String, parameterCount: Int, layers: [Layer]
  ) {
    self.name = name
    self.method = method
    self.contentHash = contentHash
    self.parameterCount = parameterCount
    self.layers = layers
    hasLowRank = layers.contains { layer in
      Site.allCases.contains { layer.sites[$0]?.lowRank != nil }
    }
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
  package convenience init(folder: URL, name: String, contentHash: String, base: BaseModel) throws {
    let opened = try AdapterFolder(folder)
    try opened.checkBase(base)
    var reader = try AdapterReader(opened, base: base)
    self.init(
      name: name, method: opened.configuration.method, contentHash: contentHash,
      parameterCount: opened.parameterCount, layers: try reader.layers())
  }

  /// Memory that its numbers take, in bytes: they are held as fp32.
  public var byteCount: Int { parameterCount * MemoryLayout<Float>.size }

  /// Its low-rank parts for one compute type; made when first asked for. Nil if it has none.
  package func packed(for compute: ComputeType) -> PackedAdapter? {
    guard hasLowRank else { return nil }
    return packed.withLock { packed in
      if let adapter = packed[compute] { return adapter }
      let adapter = PackedAdapter(layers, for: compute)
      packed[compute] = adapter
      return adapter
    }
  }
}

extension AdapterFolder {
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
