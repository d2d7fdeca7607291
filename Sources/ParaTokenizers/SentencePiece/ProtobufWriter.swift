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
