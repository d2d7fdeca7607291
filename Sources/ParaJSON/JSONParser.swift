/// Builds a `JSONValue` from the tokens of a `JSONScanner`.
package struct JSONParser {
  /// What becomes of a key that occurs twice in one object.
  package enum DuplicateKeys: Sendable {
    /// An error at the second occurrence.
    case refused
    /// All members are kept, and look-ups find the first.
    case kept
  }

  /// Which numbers there are beyond JSON's.
  package enum Numbers: Sendable {
    case finite
    /// `NaN`, `Infinity` and `-Infinity`, as Python's `json` writes and reads them.
    case python
  }

  private var scanner: JSONScanner
  private let duplicateKeys: DuplicateKeys
  private let numbers: Numbers

  /// Parses UTF-8 bytes that hold one value and white space.
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, duplicateKeys: DuplicateKeys = .refused,
    numbers: Numbers = .finite
  ) throws(JSONError) -> JSONValue {
    var parser = JSONParser(
      scanner: JSONScanner(bytes.assumingMemoryBound(to: UInt8.self)), duplicateKeys: duplicateKeys,
      numbers: numbers)
    let value = try parser.value()
    try parser.scanner.end()
    return value
  }

  /// Parses a text that holds one value and white space.
  package static func parse(_ text: String, duplicateKeys: DuplicateKeys = .refused)
    throws(JSONError) -> JSONValue
  {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { (bytes) throws(JSONError) in
      try parse(UnsafeRawBufferPointer(bytes), duplicateKeys: duplicateKeys)
    }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    switch scanner.nextToken() {
    case UInt8(ascii: "\""): return .string(try scanner.string())
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "N") where numbers == .python: return try literal("NaN", .double(.nan))
    case UInt8(ascii: "I") where numbers == .python:
      return try literal("Infinity", .double(.infinity))
    case UInt8(ascii: "-"):
      if numbers == .python, scanner.peek(1) == UInt8(ascii: "I") {
        return try literal("-Infinity", .double(-.infinity))
      }
      return try scanner.number()
    case let byte? where byte &- UInt8(ascii: "0") < 10: return try scanner.number()
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: throw scanner.error("expected a value")
    }
  }

  private mutating func object() throws(JSONError) -> JSONObject {
    try scanner.enter()
    var members: [JSONMember] = []
    var keys = KeySet()
    if scanner.nextToken() != UInt8(ascii: "}") {
      repeat {
        _ = scanner.nextToken()
        let keyStart = scanner.position
        let key = try scanner.key()
        if duplicateKeys == .refused, !keys.insert(key, after: members) {
          throw JSONError(
            code: .duplicateKey, reason: "the key \(key.quotedAsJSON) occurs twice in one object",
            offset: keyStart)
        }
        members.append(JSONMember(key: key, value: try value()))
      } while scanner.skip(UInt8(ascii: ","))
    }
    try scanner.leave(UInt8(ascii: "}"))
    return JSONObject(members: members)
  }

  private mutating func array() throws(JSONError) -> [JSONValue] {
    try scanner.enter()
    var elements: [JSONValue] = []
    if scanner.nextToken() != UInt8(ascii: "]") {
      repeat { elements.append(try value()) } while scanner.skip(UInt8(ascii: ","))
    }
    try scanner.leave(UInt8(ascii: "]"))
    return elements
  }

  private mutating func literal(_ text: StaticString, _ value: JSONValue)
    throws(JSONError) -> JSONValue
  {
    try scanner.literal(text)
    return value
  }
}

/// The keys of an object while it is parsed: a search of its members, and a hash table once there are
/// too many for that.
private struct KeySet {
  private static let largestSearch = 24
  private var hashed: Set<[UInt8]> = []

  /// Whether the key is not among the members' keys.
  mutating func insert(_ key: String, after members: [JSONMember]) -> Bool {
    if members.count < Self.largestSearch {
      return !members.contains { $0.key.utf8.elementsEqual(key.utf8) }
    }
    if hashed.isEmpty { hashed = Set(members.map { Array($0.key.utf8) }) }
    return hashed.insert(Array(key.utf8)).inserted
  }
}
