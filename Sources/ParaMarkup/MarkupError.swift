/// Why the rest of a document cannot be read.
package struct MarkupError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable, Hashable {
    /// The bytes are not well-formed XML, or exceed libxml2's limits on depth and size.
    case notWellFormed
    /// The document declares entities, which are never expanded.
    case declaresEntities
    /// The document refers to an entity that only an external document type could declare.
    case undeclaredEntity
  }

  package let code: Code
  /// One sentence without the file's name: what is wrong, and the remedy.
  package let message: String
  /// The line of the parser, 1-based.
  package let line: Int

  package var description: String { "line \(line): \(message)" }

  static func notWellFormed(_ detail: String, line: Int) -> Self {
    Self(
      code: .notWellFormed,
      message: "the XML is not well-formed (\(detail)); nothing after this place can be read",
      line: line)
  }

  static func declaresEntities(line: Int) -> Self {
    Self(
      code: .declaresEntities,
      message: "the document type declares entities, which are not expanded; "
        + "write out what they stand for",
      line: line)
  }

  static func undeclaredEntity(line: Int) -> Self {
    Self(
      code: .undeclaredEntity,
      message: "an entity is used that the document does not declare; write the character itself; "
        + "nothing after this place can be read",
      line: line)
  }
}
