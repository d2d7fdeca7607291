import Checkpoints
import Tensors

/// The keys and values that one request's beams generate, each written once and never moved.
///
/// Step s of beam b lies in row s · beams + b. When beams reorder, nothing is copied: a beam's
/// ancestry lists the rows of its past, and attention follows it.
package final class GeneratedCache: Sendable {
  package let beams: Int
  package let capacity: Int  // steps
  private let rowSize: Int
  private let keys: FloatBuffer  // [layers, capacity, beams, rowSize]
  private let values: FloatBuffer  // [layers, capacity, beams, rowSize]

  package init(beams: Int, capacity: Int, layers: Int, rowSize: Int) {
    self.beams = beams
    self.capacity = capacity
    self.rowSize = rowSize
    keys = FloatBuffer(count: layers * capacity * beams * rowSize)
    values = FloatBuffer(count: layers * capacity * beams * rowSize)
  }

  private func offset(layer: Int, row: Int) -> Int { (layer * capacity * beams + row) * rowSize }

  func store(layer: Int, row: Int, key: UnsafePointer<Float>, value: UnsafePointer<Float>) {
    precondition(row < capacity * beams)
    (keys.base + offset(layer: layer, row: row)).update(from: key, count: rowSize)
    (values.base + offset(layer: layer, row: row)).update(from: value, count: rowSize)
  }

  /// The layer's rows that `ancestry` names, oldest first.
  func run(layer: Int, ancestry: UnsafeBufferPointer<Int32>) -> KeyValueRun {
    let start = offset(layer: layer, row: 0)
    return KeyValueRun(
      keys: keys.base + start, values: values.base + start, rowSize: rowSize, count: ancestry.count,
      rows: ancestry.baseAddress)
  }
}

extension Decoder {
  package func makeGeneratedCache(beams: Int, steps: Int) -> GeneratedCache {
    GeneratedCache(
      beams: beams, capacity: steps, layers: configuration.layers,
      rowSize: configuration.keyValueSize)
  }
}
