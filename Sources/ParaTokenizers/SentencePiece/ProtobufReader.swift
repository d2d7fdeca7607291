/// Steps over the fields of one protobuf message (proto2 wire format).
///
/// Lengths and ends are checked; a message that is cut off or runs over is `malformed`, with the
/// byte.
struct ProtobufReader {
  /// A field's value by wire type.
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    /// A string, bytes or message: where it lies in the file.
    case bytes(Range<Int>)
  }

  let bytes: [UInt8]
  let file: String
  private(set) var position: Int
  private let end: Int

  init(_ bytes: [UInt8], file: String) {
    self.init(bytes, in: 0..<bytes.count, file: file)
  }

  /// A reader of the message that lies in that range.
  init(_ bytes: [UInt8], in range: Range<Int>, file: String) {
    self.bytes = bytes
    self.file = file
    position = range.lowerBound
    end = range.upperBound
  }

  func error(_ message: String) -> TokenizerError {
    TokenizerError(.malformed, message, file: file, offset: position)
  }

  /// The next field's number and value; nil at the end.
  mutating func nextField() throws -> (number: UInt64, value: Value)? {
    guard position < end else { return nil }
    let tag = try varint()
    let value: Value =
      switch tag & 7 {
      case 0: .varint(try varint())
      case 1: .fixed64(try fixed(8))
      case 2: .bytes(try lengthDelimited())
      case 5: .fixed32(UInt32(try fixed(4)))
      default: throw error("the field has the unknown wire type \(tag & 7)")
      }
    return (tag >> 3, value)
  }

  private mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < end else { throw error("the message ends inside a number") }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw error("a number is longer than ten bytes")
  }

  private mutating func fixed(_ width: Int) throws -> UInt64 {
    guard width <= end - position else { throw error("the message ends inside a number") }
    defer { position += width }
    return bytes[position..<position + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func lengthDelimited() throws -> Range<Int> {
    let length = try varint()
    guard length <= UInt64(end - position) else {
      throw error("a field claims \(length) bytes, but \(end - position) are left")
    }
    defer { position += Int(length) }
    return position..<position + Int(length)
  }
}
