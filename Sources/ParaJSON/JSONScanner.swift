/// A strict tokenizer of JSON text (RFC 8259) in UTF-8; `JSONParser` builds values from its tokens.
///
/// Why not Foundation: its parsers report the position of a syntax error only inside a sentence, silently
/// keep one of several equal keys, and return objects as dictionaries of `String`s, whose equality is
/// canonical equivalence. `JSONDecoder` reads JSON Lines of prompts at 85 MB/s (8 MB/s where lines are
/// short), this scanner with `ParaIngest` at 500 MB/s (110 MB/s). Beyond the grammar, these are errors: a
/// number too large for a `Double`, an unpaired surrogate, bytes that are not UTF-8, and nesting deeper than
/// `maximumDepth`.
package struct JSONScanner {
  /// Values are parsed and walked by recursion, so deeper nesting could overflow a thread's stack.
  package static let maximumDepth = 128

  @usableFromInline package let bytes: UnsafeBufferPointer<UInt8>
  @usableFromInline package var position = 0
  private var depth = 0
  /// The buffer in which strings with escapes are decoded.
  var unescaped: [UInt8] = []

  /// - Parameter bytes: Must outlive the scanner.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Skips white space; the byte there, or `nil` at the end.
  @inlinable package mutating func nextToken() -> UInt8? {
    while position < bytes.count {
      let byte = bytes[position]
      if byte > 0x20 || !(byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09) {
        return byte
      }
      position += 1
    }
    return nil
  }

  /// The byte that lies so many behind the current one.
  func peek(_ distance: Int) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  /// Skips white space and then the byte, if it is there.
  @inlinable package mutating func skip(_ byte: UInt8) -> Bool {
    guard nextToken() == byte else { return false }
    position += 1
    return true
  }

  /// Consumes the bracket that opens an object or array.
  package mutating func enter() throws(JSONError) {
    guard depth < Self.maximumDepth else {
      throw JSONError(
        code: .nestingTooDeep, reason: "more than \(Self.maximumDepth) levels of nesting",
        offset: position)
    }
    depth += 1
    position += 1
  }

  /// Consumes the bracket that closes it, which must be there.
  package mutating func leave(_ bracket: UInt8) throws(JSONError) {
    guard skip(bracket) else { throw error("expected \",\" or \"\(Unicode.Scalar(bracket))\"") }
    depth -= 1
  }

  /// Reads an object's key and the colon after it.
  package mutating func key() throws(JSONError) -> String {
    guard nextToken() == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
    let key = try string()
    guard skip(UInt8(ascii: ":")) else { throw error("expected \":\" after a key") }
    return key
  }

  /// Consumes `true`, `false` or `null`, which must be here in full.
  package mutating func literal(_ text: StaticString) throws(JSONError) {
    let start = position
    for index in 0..<text.utf8CodeUnitCount {
      guard position < bytes.count, bytes[position] == text.utf8Start[index] else {
        if position < bytes.count { position = start }
        throw error("expected a value")
      }
      position += 1
    }
  }

  /// Requires that only white space follows.
  package mutating func end() throws(JSONError) {
    if nextToken() != nil { throw error("unexpected text after the value") }
  }

  /// An error at the current position that names what was found there.
  package func error(_ expectation: String) -> JSONError {
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

/// Why bytes are not JSON, or not within the limits of `JSONScanner`.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable, Hashable {
    case invalidSyntax
    /// The text ends inside a value.
    case unexpectedEnd
    case invalidUTF8
    case duplicateKey
    case nestingTooDeep
    case numberOutOfRange
  }

  package let code: Code
  /// What was expected and found, without the position.
  package let reason: String
  /// The 0-based offset of the byte at fault.
  package let offset: Int

  package init(code: Code, reason: String, offset: Int) {
    self.code = code
    self.reason = reason
    self.offset = offset
  }

  package var description: String { "byte \(offset + 1): \(reason)" }
}
