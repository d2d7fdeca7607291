package import ParaJSON

/// Makes a `FieldValue` of a JSON text. Beyond what `JSONScanner` refuses, a key twice in one object is an
/// error.
package struct JSONParser {
  private var scanner: JSONScanner

  /// Parses bytes that hold one value and white space.
  package static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> FieldValue {
    var parser = JSONParser(scanner: JSONScanner(bytes.assumingMemoryBound(to: UInt8.self)))
    let value = try parser.value()
    try parser.scanner.end()
    return value
  }

  /// Parses the UTF-8 form of a text that holds one value and white space.
  package static func parse(_ text: String) throws(JSONError) -> FieldValue {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { (bytes) throws(JSONError) in
      try parse(UnsafeRawBufferPointer(bytes))
    }
  }

  private mutating func value() throws(JSONError) -> FieldValue {
    switch scanner.nextToken() {
    case UInt8(ascii: "\""): return .string(try scanner.string())
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "-"): return try number()
    case let byte? where byte &- UInt8(ascii: "0") < 10: return try number()
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: throw scanner.error("expected a value")
    }
  }

  private mutating func object() throws(JSONError) -> FieldValue {
    try scanner.enter()
    var fields: [String: FieldValue] = [:]
    if scanner.nextToken() != UInt8(ascii: "}") {
      repeat {
        _ = scanner.nextToken()
        let keyStart = scanner.position
        let key = try scanner.key()
        if fields.updateValue(try value(), forKey: key) != nil {
          throw JSONError(
            code: .duplicateKey, reason: "the key \"\(key.escaped)\" occurs twice in one object",
            offset: keyStart)
        }
      } while scanner.skip(UInt8(ascii: ","))
    }
    try scanner.leave(UInt8(ascii: "}"))
    return .object(fields)
  }

  private mutating func array() throws(JSONError) -> FieldValue {
    try scanner.enter()
    var elements: [FieldValue] = []
    if scanner.nextToken() != UInt8(ascii: "]") {
      repeat { elements.append(try value()) } while scanner.skip(UInt8(ascii: ","))
    }
    try scanner.leave(UInt8(ascii: "]"))
    return .array(elements)
  }

  private mutating func number() throws(JSONError) -> FieldValue {
    switch try scanner.number() {
    case .integer(let value): .integer(value)
    case .double(let value): .number(value)
    }
  }

  private mutating func literal(_ text: StaticString, _ value: FieldValue)
    throws(JSONError) -> FieldValue
  {
    try scanner.literal(text)
    return value
  }
}
