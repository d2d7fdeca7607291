extension SentencePieceModel {
  /// Reads a serialized model. Fields that only concern training are skipped.
  ///
  /// - Throws: `TokenizerError` if the bytes are truncated or corrupt, or the model is neither BPE
  ///   nor unigram.
  package init(bytes: [UInt8], file: String) throws {
    self.init(pieces: [], file: file)
    var reader = ProtobufReader(bytes, file: file)
    while let (field, value) = try reader.nextField() {
      switch field {
      case 1: pieces.append(try Self.piece(try reader.message(value)))
      case 2: try readTrainer(try reader.message(value))
      case 3: try readNormalizer(try reader.message(value))
      case 5:
        guard try Self.isEmptyNormalizer(try reader.message(value)) else {
          throw TokenizerError(
            .unsupported, "rules that rewrite the decoded text are not supported", file: file,
            location: "denormalizer_spec")
        }
      default: break
      }
    }
    guard !pieces.isEmpty else { throw reader.error("the model has no pieces") }
  }

  private static func piece(_ message: ProtobufReader) throws -> SentencePiece {
    var message = message
    var piece = SentencePiece("", score: 0)
    while let (field, value) = try message.nextField() {
      switch field {
      case 1: piece.piece = try message.string(value)
      case 2: piece.score = try message.float(value)
      case 3:
        let number = try message.int(value)
        guard let kind = SentencePiece.Kind(rawValue: number) else {
          throw message.error("the piece has the unknown type \(number)")
        }
        piece.kind = kind
      default: break
      }
    }
    guard !piece.piece.isEmpty else { throw message.error("the piece that ends here is empty") }
    guard !piece.score.isNaN else { throw message.error("the piece's score is not a number") }
    return piece
  }

  private mutating func readTrainer(_ message: ProtobufReader) throws {
    var message = message
    while let (field, value) = try message.nextField() {
      switch field {
      case 3:
        let number = try message.int(value)
        guard let known = Algorithm(rawValue: number) else {
          throw unsupported("trainer_spec.model_type", "\(number) is neither BPE nor unigram")
        }
        algorithm = known
      case 24 where try message.bool(value):
        throw unsupported("trainer_spec.treat_whitespace_as_suffix", "not supported")
      case 35: fallsBackToBytes = try message.bool(value)
      case 44: unknownSurface = try message.string(value)
      case 46: beginPiece = try message.string(value)
      case 47: endPiece = try message.string(value)
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ message: ProtobufReader) throws {
    var message = message
    while let (field, value) = try message.nextField() {
      switch field {
      case 2: precompiledCharsMap = Array(message.bytes[try message.range(value)])
      case 3: addsDummyPrefix = try message.bool(value)
      case 4: removesExtraWhitespace = try message.bool(value)
      case 5: escapesWhitespace = try message.bool(value)
      default: break
      }
    }
  }

  private static func isEmptyNormalizer(_ message: ProtobufReader) throws -> Bool {
    var message = message
    while let (field, value) = try message.nextField() {
      if field == 2, try !message.range(value).isEmpty { return false }
    }
    return true
  }

  func unsupported(_ key: String, _ message: String) -> TokenizerError {
    TokenizerError(.unsupported, message, file: file, location: key)
  }
}
