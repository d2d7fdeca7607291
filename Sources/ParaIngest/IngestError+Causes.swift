internal import ParaArchives
internal import ParaJSON
internal import ParaMarkup

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

  /// - Parameter place: Where in the row or document, such as `at byte 17 of the line`.
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
