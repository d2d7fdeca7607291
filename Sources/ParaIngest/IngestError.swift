/// Why a row, or a whole input, cannot be read.
public struct IngestError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    // The file or member as a whole.
    case unreadable, damaged, encrypted, unpacksTooLarge, unknownFormat, documentTooLarge
    case nothingToRead
    // JSON, in a row or a document.
    case invalidJSON, invalidUTF8, duplicateKey, nestingTooDeep, numberOutOfRange
    // XML.
    case invalidXML, declaresEntities, undeclaredEntity
    // Rows.
    case recordTooLarge, notAnObject, recordsNotFound, fieldNameClash
    // What the caller asked for.
    case invalidPattern
  }

  public let code: Code
  /// One sentence: what is wrong, what was expected or found, and the remedy.
  public let message: String
  public let provenance: Provenance

  public init(code: Code, message: String, provenance: Provenance) {
    self.code = code
    self.message = message
    self.provenance = provenance
  }

  public var description: String { "\(provenance): \(message)" }
}
