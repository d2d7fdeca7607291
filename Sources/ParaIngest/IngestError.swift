internal import ParaArchives
internal import ParaJSON
internal import ParaMarkup

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
    // The arguments of the caller.
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

extension IngestError {
  init(_ error: ArchiveError, at provenance: Provenance) {
    let code: Code =
      switch error.code {
      case .unreadable: .unreadable
      case .damaged: .damaged
      case .encrypted: .encrypted
      case .tooLarge: .unpacksTooLarge
      }
    self.init(code: code, message: error.message, provenance: provenance)
  }

  /// - Parameter place: The position in the row or document, such as `at byte 17 of the line`.
  init(_ error: JSONError, _ place: String, at provenance: Provenance) {
    let code: Code =
      switch error.code {
      case .invalidSyntax, .unexpectedEnd: .invalidJSON
      case .invalidUTF8: .invalidUTF8
      case .duplicateKey: .duplicateKey
      case .nestingTooDeep: .nestingTooDeep
      case .numberOutOfRange: .numberOutOfRange
      }
    self.init(code: code, message: "invalid JSON \(place): \(error.reason)", provenance: provenance)
  }

  init(_ error: MarkupError, at provenance: Provenance) {
    let code: Code =
      switch error.code {
      case .notWellFormed: .invalidXML
      case .declaresEntities: .declaresEntities
      case .undeclaredEntity: .undeclaredEntity
      }
    var provenance = provenance
    provenance.location = .line(error.line)
    self.init(code: code, message: error.message, provenance: provenance)
  }
}
