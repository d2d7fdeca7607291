/// Why bytes are not the JSON that is read here.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable, Hashable {
    case invalidSyntax
    /// The text stops in the middle of a value.
    case unexpectedEnd
    case invalidUTF8
    case duplicateKey
    case nestingTooDeep
    case numberOutOfRange
  }

  package let code: Code
  /// What was found or expected, without the place.
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
