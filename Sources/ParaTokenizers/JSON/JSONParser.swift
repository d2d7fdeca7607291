import ParaJSON

/// Makes a `JSONValue` of a JSON text; what is no JSON is `malformed` with the byte where it went wrong.
struct JSONParser {
  private var scanner: JSONScanner

  /// - Throws: `TokenizerError` of code `malformed`.
  static func parse(_ bytes: [UInt8], file: String) throws -> JSONValue {
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    do {
      return try bytes.withUnsafeBufferPointer { (bytes) throws(JSONError) in
        var parser = JSONParser(scanner: JSONScanner(bytes))
        parser.scanner.position = mark
        let value = try parser.value()
        try parser.scanner.end()
        return value
      }
    } catch {
      throw TokenizerError(.malformed, error.reason, file: file, offset: error.offset)
    }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    switch scanner.nextToken() {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "\""): return .string(try scanner.string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10:
      return .number(try number())
    default: throw scanner.error("expected a value")
    }
  }

  private mutating func members() throws(JSONError) -> [JSONMember] {
    try scanner.enter()
    var members: [JSONMember] = []
    if scanner.nextToken() != UInt8(ascii: "}") {
      repeat {
        let key = try scanner.key()
        members.append(JSONMember(key: key, value: try value()))
      } while scanner.skip(UInt8(ascii: ","))
    }
    try scanner.leave(UInt8(ascii: "}"))
    return members
  }

  private mutating func elements() throws(JSONError) -> [JSONValue] {
    try scanner.enter()
    var elements: [JSONValue] = []
    if scanner.nextToken() != UInt8(ascii: "]") {
      repeat { elements.append(try value()) } while scanner.skip(UInt8(ascii: ","))
    }
    try scanner.leave(UInt8(ascii: "]"))
    return elements
  }

  private mutating func number() throws(JSONError) -> Double {
    switch try scanner.number() {
    case .integer(let value): Double(value)
    case .double(let value): value
    }
  }

  private mutating func literal(_ text: StaticString, _ value: JSONValue)
    throws(JSONError) -> JSONValue
  {
    try scanner.literal(text)
    return value
  }
}
