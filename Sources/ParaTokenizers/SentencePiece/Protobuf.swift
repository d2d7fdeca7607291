/// Iterates over the fields of one protobuf message (proto2 wire format).
///
/// Lengths are checked; a message that is truncated or exceeds its length is `malformed`, with the
/// byte offset.
struct ProtobufReader {
  /// The value of a field, by wire type.
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    /// A string, bytes or message: its range in the file.
    case bytes(Range<Int>)
  }

  let bytes: [UInt8]
  let file: String
  private(set) var position: Int
  private let end: Int

  init(_ bytes: [UInt8], file: String) {
    self.init(bytes, in: 0..<bytes.count, file: file)
  }

  /// A reader of the message in that range.
  init(_ bytes: [UInt8], in range: Range<Int>, file: String) {
    self.bytes = bytes
    self.file = file
    position = range.lowerBound
    end = range.upperBound
  }

  func error(_ message: String) -> TokenizerError {
    TokenizerError(.malformed, message, file: file, offset: position)
  }

  /// The number and value of the next field; nil at the end.
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

extension ProtobufReader {
  func string(_ value: Value) throws -> String {
    guard let string = String(validating: bytes[try range(value)], as: UTF8.self) else {
      throw error("the string that ends here is not UTF-8")
    }
    return string
  }

  func range(_ value: Value) throws -> Range<Int> {
    guard case .bytes(let range) = value else { throw error("expected a string or message here") }
    return range
  }

  func float(_ value: Value) throws -> Float {
    guard case .fixed32(let bits) = value else { throw error("expected a 32-bit number here") }
    return Float(bitPattern: bits)
  }

  func int(_ value: Value) throws -> Int {
    guard case .varint(let number) = value else { throw error("expected a whole number here") }
    return Int(Int64(bitPattern: number))
  }

  func bool(_ value: Value) throws -> Bool { try int(value) != 0 }

  func message(_ value: Value) throws -> ProtobufReader {
    ProtobufReader(bytes, in: try range(value), file: file)
  }
}

/// Writes the fields of one protobuf message (proto2 wire format).
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ field: Int, _ string: String) { write(field, bytes: Array(string.utf8)) }

  mutating func write(_ field: Int, bytes content: [UInt8]) {
    tag(field, wireType: 2)
    varint(UInt64(content.count))
    bytes.append(contentsOf: content)
  }

  mutating func write(_ field: Int, message: (inout ProtobufWriter) -> Void) {
    var writer = ProtobufWriter()
    message(&writer)
    write(field, bytes: writer.bytes)
  }

  mutating func write(_ field: Int, _ value: Int) {
    tag(field, wireType: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func write(_ field: Int, _ value: Bool) { write(field, value ? 1 : 0) }

  mutating func write(_ field: Int, _ value: Float) {
    tag(field, wireType: 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func tag(_ field: Int, wireType: UInt64) {
    varint(UInt64(field) << 3 | wireType)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
