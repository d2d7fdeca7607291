/// An immutable parameter, [rows, columns]: as in PyTorch's `Linear`, a row for each output feature.
///
/// Its numbers stay in the format in which they are stored. Its memory is owned by `owner`: a
/// `FloatBuffer`, or the mapped file that holds the numbers as they are.
package struct Weight: @unchecked Sendable {
  /// How a number is stored, by the name that safetensors give it.
  package enum Format: String, Sendable, Codable {
    case float32 = "F32"
    case bfloat16 = "BF16"
    case float16 = "F16"

    package var bytes: Int { self == .float32 ? 4 : 2 }
  }

  package let format: Format
  /// rows × columns numbers of the format, row after row; half formats need no alignment.
  package let bytes: UnsafeRawPointer
  package let rows: Int
  package let columns: Int
  private let owner: any AnyObject & Sendable

  package init(
    bytes: UnsafeRawPointer, format: Format, rows: Int, columns: Int,
    owner: any AnyObject & Sendable
  ) {
    precondition(format != .float32 || Int(bitPattern: bytes) % 4 == 0)
    self.format = format
    self.bytes = bytes
    self.rows = rows
    self.columns = columns
    self.owner = owner
  }

  package init(base: UnsafePointer<Float>, rows: Int, columns: Int, owner: any AnyObject & Sendable)
  {
    self.init(bytes: base, format: .float32, rows: rows, columns: columns, owner: owner)
  }

  /// Takes over a buffer, which must hold rows × columns numbers and must not be written any more.
  package init(_ buffer: FloatBuffer, rows: Int, columns: Int) {
    precondition(buffer.count == rows * columns)
    self.init(base: UnsafePointer(buffer.base), rows: rows, columns: columns, owner: buffer)
  }

  /// Some of the rows, in the same memory.
  package func slice(rows range: Range<Int>) -> Weight {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    return Weight(
      bytes: bytes + range.lowerBound * columns * format.bytes, format: format, rows: range.count,
      columns: columns, owner: owner)
  }

  package var count: Int { rows * columns }
  package var byteCount: Int { count * format.bytes }

  /// The numbers of an fp32 weight.
  package var base: UnsafePointer<Float> {
    precondition(format == .float32)
    return bytes.assumingMemoryBound(to: Float.self)
  }

  /// A row of an fp32 weight.
  package func row(_ index: Int) -> UnsafePointer<Float> {
    assert(index >= 0 && index < rows)
    return base + index * columns
  }
}
