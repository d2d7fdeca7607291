extension SentencePieceModel {
  func tokenizerComponents() throws -> TokenizerComponents {
    let vocabulary = try vocabulary()
    var parts = TokenizerComponents(model: try model(vocabulary))
    parts.normalizers = [try normalizer()]
    if let model = parts.model as? BytePairModel, escapesWhitespace, model.allowsWordStartSplit {
      parts.preTokenizers = [WordStartSplit()]
    }
    parts.decoders = [
      SentencePieceDecoder(
        unknownPiece: Array(unknownPiece.utf8), unknownSurface: Array(unknownSurface.utf8),
        stripsFirstSpace: addsDummyPrefix || removesExtraWhitespace,
        stripsAllFirstSpaces: removesExtraWhitespace)
    ]
    let controls = pieces.indices.filter { pieces[$0].kind == .control }
    parts.controlIDs = Set(controls.map { TokenID($0) })
    parts.name(
      begin: controlIndex(of: beginPiece).map { pieces[$0].piece },
      end: controlIndex(of: endPiece).map { pieces[$0].piece },
      unknown: unknownPiece.isEmpty ? nil : unknownPiece)
    parts.template.prefix = parts.beginOfSequence.map { [$0] } ?? []
    return parts
  }

  /// The id of a control piece; nil if there is none of that name.
  func controlIndex(of piece: String) -> Int? {
    pieces.firstIndex {
      $0.kind == .control && $0.piece.utf8.elementsEqual(piece.utf8)
    }
  }

  private var unknownPiece: String { pieces.first { $0.kind == .unknown }?.piece ?? "" }

  private func vocabulary() throws -> Vocabulary {
    guard pieces.count <= Vocabulary.maximumID else {
      throw TokenizerError(.malformed, "\(pieces.count) pieces are too many", file: file)
    }
    var vocabulary = Vocabulary()
    for (id, piece) in pieces.enumerated() {
      if let other = vocabulary.id(of: piece.piece) {
        throw TokenizerError(
          .malformed, "the pieces \(other) and \(id) are both \"\(piece.piece)\"", file: file)
      }
      vocabulary.insert(Array(piece.piece.utf8), id: TokenID(id))
    }
    return vocabulary
  }

  private func model(_ vocabulary: Vocabulary) throws -> any TokenModel {
    var unknown = UnknownPolicy(byteTokens: nil, token: nil, fusesRuns: true)
    unknown.token = pieces.firstIndex { $0.kind == .unknown }.map { TokenID($0) }
    if fallsBackToBytes {
      unknown.byteTokens = BytePiece.tokens(in: vocabulary)
      guard unknown.byteTokens != nil else {
        throw TokenizerError(
          .malformed, "byte fallback is on, but not all 256 byte pieces are there", file: file)
      }
    }
    return switch algorithm {
    case .bytePair: try bytePairModel(vocabulary, unknown)
    case .unigram: unigramModel(vocabulary, unknown)
    }
  }

  private func normalizer() throws -> SentencePieceNormalizer {
    SentencePieceNormalizer(
      map: try precompiledCharsMap.isEmpty
        ? nil : PrecompiledCharsMap(precompiledCharsMap, file: file),
      untouched: userDefinedPieces(), addsDummyPrefix: addsDummyPrefix,
      removesExtraWhitespace: removesExtraWhitespace, escapesWhitespace: escapesWhitespace)
  }

  /// The pieces that are never split.
  func userDefinedPieces() -> ByteTrie {
    var trie = ByteTrie()
    for (id, piece) in pieces.enumerated() where piece.kind == .userDefined {
      trie.insert(Array(piece.piece.utf8), value: Int32(id))
    }
    return trie
  }
}
