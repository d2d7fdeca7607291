package import ParaCheckpoints
import ParaModel
import ParaTensors
import Synchronization

/// The model that adapters are read for: its shape, and what adapters need of its weights.
package final class BaseModel: Sendable {
  private let folder: ModelFolder
  private let hash = Mutex<String?>(nil)

  package init(_ folder: ModelFolder) { self.folder = folder }

  package var configuration: ModelConfiguration { folder.configuration }

  /// The model's content hash: computed when first asked for, because that reads all weights.
  func contentHash() throws -> String {
    try hash.withLock { known in
      if let known { return known }
      let hash = try folder.contentHash()
      known = hash
      return hash
    }
  }

  /// W of a projection as its file holds it, [output, input].
  func weight(of projection: Projection, layer: Int) throws -> Weight {
    try folder.storedWeight(
      name(projection, layer, "weight"), rows: projection.outputSize(configuration),
      columns: projection.inputSize(configuration))
  }

  /// The bias that the model itself has at a projection, [1, output].
  func bias(of projection: Projection, layer: Int) throws -> Weight? {
    let name = name(projection, layer, "bias")
    guard folder.tensorNames.contains(name) else { return nil }
    return try folder.weight(name, rows: 1, columns: projection.outputSize(configuration))
  }

  /// Gives back the memory of what was read; the files stay mapped.
  func releasePages() { folder.releasePages() }

  private func name(_ projection: Projection, _ layer: Int, _ part: String) -> String {
    "model.layers.\(layer).\(projection.path).\(part)"
  }
}
