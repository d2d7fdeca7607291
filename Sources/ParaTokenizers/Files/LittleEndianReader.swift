/// Reads little-endian numbers and strings one after another, with every end checked.
struct LittleEndianReader {
  private let bytes: [UInt8]
  private let file: String
  private var position = 0

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  var isAtEnd: Bool { position == bytes.count }

  func error(_ message: String) -> TokenizerError {
    TokenizerError(.malformed, message, file: file, offset: position)
  }

  mutating func uint32() throws -> UInt32 {
    guard bytes.count - position >= 4 else { throw error("the file ends inside a number") }
    defer { position += 4 }
    return bytes[position..<position + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func string(count: Int) throws -> String {
    let left = bytes.count - position
    guard count <= left else { throw error("a piece claims \(count) bytes, but \(left) are left") }
    guard let string = String(validating: bytes[position..<position + count], as: UTF8.self) else {
      throw error("a piece is not UTF-8")
    }
    position += count
    return string
  }
}
