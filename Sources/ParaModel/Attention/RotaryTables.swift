import ParaCheckpoints
import ParaTensors

/// The rotary embeddings of a model's layers; layers of equal parameters share a table.
final class RotaryTables: Sendable {
  private let tables: [RotaryEmbedding]
  /// Each layer's table.
  private let tableOfLayer: [Int]

  init(_ model: ModelConfiguration) {
    var parameters: [RotaryParameters] = []
    tableOfLayer = model.rotary.map { own in
      if let known = parameters.firstIndex(of: own) { return known }
      parameters.append(own)
      return parameters.count - 1
    }
    tables = parameters.map { RotaryEmbedding(headSize: model.headSize, $0) }
  }

  subscript(layer: Int) -> RotaryEmbedding { tables[tableOfLayer[layer]] }

  /// Cosines and sines of the positions up to one, for every layer.
  func angles(through position: Int) -> Angles {
    Angles(tables: tables.map { $0.table(through: position) }, tableOfLayer: tableOfLayer)
  }

  struct Angles {
    fileprivate let tables: [FloatBuffer]
    fileprivate let tableOfLayer: [Int]

    /// A layer's angles: [position][headSize / 2 cosines, then sines].
    subscript(layer: Int) -> UnsafePointer<Float> {
      UnsafePointer(tables[tableOfLayer[layer]].base)
    }
  }
}
