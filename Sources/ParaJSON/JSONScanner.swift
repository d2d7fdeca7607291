/// Reads the parts of a JSON text (RFC 8259) from UTF-8 bytes, strictly; whoever uses it puts them together.
///
/// Foundation's parsers tell the place of a mistake only inside a sentence, keep one of several equal
/// keys without a word, and give objects as dictionaries of `String`s, whose equality is canonical
/// equivalence; and of prompts in JSON Lines `JSONDecoder` reads 85 MB a second (8 where they are small),
/// where this and `Ingest` read 500 (110). So it is our own. Beyond the grammar, these are errors: a number
/// too large for a `Double`, half of a surrogate pair, bytes that are not UTF-8, and nesting deeper than
/// `maximumDepth`.
package struct JSONScanner {
  /// Deeper values would let a text exhaust a thread's stack, here or wherever a value is walked.
  package static let maximumDepth = 128

  @usableFromInline package let bytes: UnsafeBufferPointer<UInt8>
  @usableFromInline package var position = 0
  private var depth = 0
  /// Strings with escapes are put together here.
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

  /// Skips white space and then the byte, if it is there.
  @inlinable package mutating func skip(_ byte: UInt8) -> Bool {
    guard nextToken() == byte else { return false }
    position += 1
    return true
  }

  /// Steps over the bracket that opens an object or array.
  package mutating func enter() throws(JSONError) {
    guard depth < Self.maximumDepth else {
      throw JSONError(
        code: .nestingTooDeep, reason: "more than \(Self.maximumDepth) levels of nesting",
        offset: position)
    }
    depth += 1
    position += 1
  }

  /// Steps over the bracket that closes it, which must be there.
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

  /// Steps over `true`, `false` or `null`, which must stand here whole.
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

  /// Makes sure that nothing follows but white space.
  package mutating func end() throws(JSONError) {
    if nextToken() != nil { throw error("unexpected text after the value") }
  }

  /// An error at the current position, which names what stands there.
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
