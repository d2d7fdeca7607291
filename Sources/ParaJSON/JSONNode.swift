/// A value of a configuration file that knows the file and its key path, so that every error names both.
package struct JSONNode: Sendable {
  package let value: JSONValue
  package let file: String
  /// The way from the root, as in `model.merges[3]`; empty at the root.
  package let path: String

  package init(_ value: JSONValue, file: String, path: String = "") {
    self.value = value
    self.file = file
    self.path = path
  }

  /// Parses the contents of a file; a byte order mark before them is skipped.
  ///
  /// - Throws: `JSONNodeError`; its `location` is the byte at which the text stops being JSON.
  package init(
    parsing bytes: [UInt8], file: String, duplicateKeys: JSONParser.DuplicateKeys = .refused,
    numbers: JSONParser.Numbers = .finite
  ) throws {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    do throws(JSONError) {
      let value = try bytes.withUnsafeBufferPointer { (bytes) throws(JSONError) in
        try JSONParser.parse(
          UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[start...])),
          duplicateKeys: duplicateKeys, numbers: numbers)
      }
      self.init(value, file: file)
    } catch {
      throw JSONNodeError(
        code: .malformed, message: error.reason, file: file,
        location: "byte \(start + error.offset)")
    }
  }

  package var isNull: Bool { value == .null }

  /// The error that this value cannot be what is expected here.
  package func malformed(_ message: String) -> JSONNodeError {
    JSONNodeError(
      code: .malformed, message: message, file: file, location: path.isEmpty ? nil : path)
  }

  /// The error that this value asks for a feature that `para` does not support.
  package func unsupported(_ message: String) -> JSONNodeError {
    JSONNodeError(
      code: .unsupported, message: message, file: file, location: path.isEmpty ? nil : path)
  }
}

/// Why a configuration file cannot be used, and where in it.
package struct JSONNodeError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: Sendable, Hashable {
    /// The file is not JSON, or a value is missing, of another type or out of range.
    case malformed
    /// The file is sound but asks for a feature that `para` does not support.
    case unsupported
  }

  package let code: Code
  package let message: String
  package let file: String
  /// A key path (`model.vocab`), or `byte 12` where the text is not JSON; nil for the file as a whole.
  package let location: String?

  package var description: String {
    guard let location else { return "\(file): \(message)" }
    return "\(file), \(location): \(message)"
  }
}

// Typed reading. Each method throws a `JSONNodeError` of code `malformed` for a value of another type.
extension JSONNode {
  package func members() throws -> [(key: String, value: JSONNode)] {
    guard case .object(let object) = value else { throw mismatch("an object") }
    return object.members.map { ($0.key, child($0.value, key: $0.key)) }
  }

  package func elements() throws -> [JSONNode] {
    guard case .array(let elements) = value else { throw mismatch("an array") }
    return elements.enumerated().map {
      JSONNode($0.element, file: file, path: "\(path)[\($0.offset)]")
    }
  }

  package func string() throws -> String {
    guard case .string(let string) = value else { throw mismatch("a string") }
    return string
  }

  package func bool() throws -> Bool {
    guard case .bool(let bool) = value else { throw mismatch("true or false") }
    return bool
  }

  package func double() throws -> Double {
    guard let double = value.doubleValue else { throw mismatch("a number") }
    return double
  }

  /// A number without a fractional part, however it is written (`3`, `3.0`).
  package func int() throws -> Int {
    guard let int = value.intValue else { throw mismatch("a whole number") }
    return int
  }

  /// A whole number that is not negative.
  package func count() throws -> Int {
    let count = try int()
    guard count >= 0 else { throw malformed("expected a number that is not negative") }
    return count
  }

  /// The member of that name; nil if it is absent or `null`.
  package func member(_ key: String) throws -> JSONNode? {
    guard case .object(let object) = value else { throw mismatch("an object") }
    guard let value = object[key], value != .null else { return nil }
    return child(value, key: key)
  }

  package func required(_ key: String) throws -> JSONNode {
    guard let node = try member(key) else { throw malformed("the key \"\(key)\" is missing") }
    return node
  }

  package func bool(_ key: String, default fallback: Bool) throws -> Bool {
    try member(key)?.bool() ?? fallback
  }

  /// Refuses every member that is not named: a setting that was ignored would silently compute
  /// something else than the file asks for.
  package func allowOnly(_ keys: String...) throws {
    guard case .object(let object) = value else { throw mismatch("an object") }
    for key in object.keys where !keys.contains(key) {
      throw unsupported("the key \"\(key)\" is not known here")
    }
  }

  private func child(_ value: JSONValue, key: String) -> JSONNode {
    JSONNode(value, file: file, path: path.isEmpty ? key : "\(path).\(key)")
  }

  private func mismatch(_ expected: String) -> JSONNodeError {
    malformed("expected \(expected), found \(value.typeName)")
  }
}
