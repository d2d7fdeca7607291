/// Reads one JSON text (RFC 8259); anything else is `malformed` with the byte where it went wrong.
struct JSONParser: ~Copyable {
  /// Deeper nesting is refused, so that a file of brackets cannot exhaust the stack.
  static let maximumDepth = 128

  let bytes: [UInt8]
  let file: String
  var position = 0
  var depth = 0

  /// - Throws: `TokenizerError` of code `malformed`.
  static func parse(_ bytes: [UInt8], file: String) throws -> JSONValue {
    var parser = JSONParser(bytes: bytes, file: file)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.position = 3 }
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == bytes.count else {
      throw parser.error("expected the end of the file after the JSON value")
    }
    return value
  }

  private init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// The byte at the position, or 0, which no JSON text holds outside a string.
  var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

  func error(_ message: String) -> TokenizerError {
    let cut = position >= bytes.count ? "the file ends here: " : ""
    return TokenizerError(.malformed, cut + message, file: file, offset: position)
  }

  mutating func skipSpace() {
    while current == 0x20 || current == 0x0A || current == 0x0D || current == 0x09 { position += 1 }
  }

  mutating func value() throws -> JSONValue {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return .object(try nested { try $0.members() })
    case UInt8(ascii: "["): return .array(try nested { try $0.elements() })
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func nested<T>(_ body: (inout JSONParser) throws -> T) throws -> T {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw error("nested deeper than \(Self.maximumDepth) levels")
    }
    position += 1
    let result = try body(&self)
    depth -= 1
    return result
  }

  private mutating func members() throws -> [JSONMember] {
    var members: [JSONMember] = []
    skipSpace()
    if current == UInt8(ascii: "}") {
      position += 1
      return members
    }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
      let key = try string()
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw error("expected ':' after the key \(key)") }
      position += 1
      members.append(JSONMember(key: key, value: try value()))
    } while try goesOn(until: UInt8(ascii: "}"))
    return members
  }

  private mutating func elements() throws -> [JSONValue] {
    var elements: [JSONValue] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      position += 1
      return elements
    }
    repeat { elements.append(try value()) } while try goesOn(until: UInt8(ascii: "]"))
    return elements
  }

  /// Steps over `,` (true) or the closing bracket (false).
  private mutating func goesOn(until close: UInt8) throws -> Bool {
    skipSpace()
    guard current == UInt8(ascii: ",") || current == close else {
      throw error("expected ',' or '\(Unicode.Scalar(close))'")
    }
    defer { position += 1 }
    return current != close
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, bytes[position..<end].elementsEqual("\(word)".utf8) else {
      throw error("expected a JSON value")
    }
    position = end
    return value
  }

  private mutating func number() throws -> Double {
    let start = position
    while isNumberByte(current) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      position = start
      throw error("expected a JSON value")
    }
    return value
  }

  private func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
