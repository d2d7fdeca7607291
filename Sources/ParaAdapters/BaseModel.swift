package import ParaCheckpoints
package import ParaModel
package import ParaTensors
import Synchronization

/// The frozen model that adapters are read for.
package final class BaseModel: Sendable {
  private let folder: ModelFolder
  private let hash = Mutex<String?>(nil)

  package init(_ folder: ModelFolder) { self.folder = folder }

  package var configuration: ModelConfiguration { folder.configuration }

  /// The model's content hash: made once, when first asked for, because it reads all weights.
  package func contentHash() throws -> String {
    try hash.withLock { known in
      if let known { return known }
      let hash = try folder.contentHash()
      known = hash
      return hash
    }
  }

  /// The bias [1, outputSize] that the model itself has at a projection.
  package func bias(of projection: Projection, layer: Int) throws -> Weight? {
    let name = "model.layers.\(layer).\(projection.path).bias"
    guard folder.tensorNames.contains(name) else { return nil }
    return try folder.weight(name, rows: 1, columns: projection.outputSize(configuration))
  }
}
