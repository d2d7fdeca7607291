package import ParaTensors

/// A tensor's entry in a safetensors header.
package struct TensorDescription: Sendable, Hashable {
  package var format: Weight.Format
  package var shape: [Int]
  /// Byte offsets within the file's data part.
  package var offsets: Range<Int>
}
