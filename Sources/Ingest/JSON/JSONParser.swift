/// A strict JSON parser (RFC 8259) from UTF-8 bytes to `FieldValue`.
///
/// Foundation's parsers keep one of several equal keys without a word and tell the place of a mistake
/// only inside a sentence; and of prompts in JSON Lines `JSONDecoder` reads 85 MB a second into
/// values like these (8 where they are small), where this reads 500 (110). So it is our own. Beyond the grammar, these are errors: a key twice in one object, a number too large for a
/// `Double`, half of a surrogate pair, bytes that are not UTF-8, and nesting deeper than
/// `maximumDepth`.
package struct JSONParser {
  /// Deeper values would let a row exhaust a thread's stack, here or wherever a value is walked.
  package static let maximumDepth = 128

  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  private var depth = 0
  /// Strings with escapes are put together here.
  var unescaped: [UInt8] = []

  private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Parses bytes that hold one value and white space.
  package static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> FieldValue {
    var parser = JSONParser(bytes.assumingMemoryBound(to: UInt8.self))
    let value = try parser.value()
    if parser.nextToken() != nil { throw parser.error("unexpected text after the value") }
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
    switch nextToken() {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "-"): return try number()
    case let byte? where byte &- UInt8(ascii: "0") < 10: return try number()
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: throw error("expected a value")
    }
  }

  private mutating func object() throws(JSONError) -> FieldValue {
    try enter()
    var fields: [String: FieldValue] = [:]
    if nextToken() != UInt8(ascii: "}") {
      repeat {
        guard nextToken() == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
        let keyStart = position
        let key = try string()
        guard skip(UInt8(ascii: ":")) else { throw error("expected \":\" after a key") }
        if fields.updateValue(try value(), forKey: key) != nil {
          throw JSONError(
            code: .duplicateKey, reason: "the key \"\(key.escaped)\" occurs twice in one object",
            offset: keyStart)
        }
      } while skip(UInt8(ascii: ","))
    }
    guard skip(UInt8(ascii: "}")) else { throw error("expected \",\" or \"}\"") }
    depth -= 1
    return .object(fields)
  }

  private mutating func array() throws(JSONError) -> FieldValue {
    try enter()
    var elements: [FieldValue] = []
    if nextToken() != UInt8(ascii: "]") {
      repeat { elements.append(try value()) } while skip(UInt8(ascii: ","))
    }
    guard skip(UInt8(ascii: "]")) else { throw error("expected \",\" or \"]\"") }
    depth -= 1
    return .array(elements)
  }

  private mutating func enter() throws(JSONError) {
    guard depth < Self.maximumDepth else {
      throw JSONError(
        code: .nestingTooDeep, reason: "more than \(Self.maximumDepth) levels of nesting",
        offset: position)
    }
    depth += 1
    position += 1
  }

  private mutating func literal(_ text: StaticString, _ value: FieldValue)
    throws(JSONError) -> FieldValue
  {
    let start = position
    for index in 0..<text.utf8CodeUnitCount {
      guard position < bytes.count, bytes[position] == text.utf8Start[index] else {
        if position < bytes.count { position = start }
        throw error("expected a value")
      }
      position += 1
    }
    return value
  }
}

extension JSONParser {
  /// Skips white space; the byte there, or `nil` at the end.
  mutating func nextToken() -> UInt8? {
    while position < bytes.count {
      let byte = bytes[position]
      if byte > 0x20 || !(byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09) {
        return byte
      }
      position += 1
    }
    return nil
  }

  /// Skips white space and then the byte, if it is there.
  private mutating func skip(_ byte: UInt8) -> Bool {
    guard nextToken() == byte else { return false }
    position += 1
    return true
  }

  /// An error at the current position, which names what stands there.
  func error(_ expectation: String) -> JSONError {
    guard position < bytes.count else {
      return JSONError(
        code: .unexpectedEnd, reason: "\(expectation), found the end of the text",
        offset: bytes.count)
    }
    let byte = bytes[position]
    let found =
      byte > 0x20 && byte < 0x7F
      ? "\"\(Unicode.Scalar(byte))\"" : "the byte 0x\(String(byte, radix: 16, uppercase: true))"
    return JSONError(
      code: .invalidSyntax, reason: "\(expectation), found \(found)", offset: position)
  }
}
