import Tensors

/// The keys and values of one prompt, stored once and shared by all beams of its request.
package final class PromptCache: Sendable {
  package let length: Int
  private let rowSize: Int  // keyValueHeads × headSize
  private let keys: FloatBuffer  // [layers, length, rowSize]
  private let values: FloatBuffer  // [layers, length, rowSize]

  package init(length: Int, layers: Int, rowSize: Int) {
    self.length = length
    self.rowSize = rowSize
    keys = FloatBuffer(count: layers * length * rowSize)
    values = FloatBuffer(count: layers * length * rowSize)
  }

  /// Takes over one layer's keys and values, both [length, rowSize].
  func store(layer: Int, keys newKeys: Matrix, values newValues: Matrix) {
    precondition(newKeys.rows == length && newKeys.columns == rowSize)
    let offset = layer * length * rowSize
    (keys.base + offset).update(from: newKeys.base, count: length * rowSize)
    (values.base + offset).update(from: newValues.base, count: length * rowSize)
  }

  /// The layer's keys and values at a range of positions.
  func run(layer: Int, positions: Range<Int>) -> KeyValueRun {
    let offset = (layer * length + positions.lowerBound) * rowSize
    return KeyValueRun(
      keys: keys.base + offset, values: values.base + offset, rowSize: rowSize,
      count: positions.count)
  }
}
