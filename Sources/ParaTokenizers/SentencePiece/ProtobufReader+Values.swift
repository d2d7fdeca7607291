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
