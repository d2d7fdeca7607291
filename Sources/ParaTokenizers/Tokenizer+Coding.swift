extension Tokenizer {
  /// The tokens of a text.
  ///
  /// Any text can be encoded; a character that the vocabulary does not have becomes byte or unknown
  /// tokens, or is left out if there are none. The time is linear in the length of the text, except
  /// for words of many thousand characters, which take O(n log n). A text may have up to 2³¹ bytes.
  ///
  /// - Parameter addingSpecialTokens: Adds the special tokens around the text that the files
  ///   prescribe, such as the one that begins a text. Special tokens spelled out *in* the text are
  ///   matched either way.
  public func encode(_ text: String, addingSpecialTokens: Bool = true) -> [TokenID] {
    var ids = addingSpecialTokens ? template.prefix : []
    let bytes = Array(text.utf8)
    scratch.with { scratch in
      for section in rawMatcher.sections(of: bytes.span) {
        if let token = section.token {
          ids.append(token)
        } else {
          encode(bytes, section.range, into: &ids, &scratch)
        }
      }
    }
    if addingSpecialTokens { ids.append(contentsOf: template.suffix) }
    return ids
  }

  /// Normalizes and encodes a range of the text without added tokens.
  private func encode(
    _ bytes: [UInt8], _ range: Range<Int>, into ids: inout [TokenID],
    _ scratch: inout EncodingScratch
  ) {
    var text = range.count == bytes.count ? bytes : Array(bytes[range])
    var startsText = range.lowerBound == 0
    for normalizer in normalizers {
      startsText = startsText && normalizer.keepsStart(of: text)
      text = normalizer.normalize(text)
    }
    for section in normalizedMatcher.sections(of: text.span) {
      if let token = section.token {
        ids.append(token)
        continue
      }
      let isWhole = section.range.count == text.count
      var split = PreTokenizedText(
        isWhole ? text : Array(text[section.range]),
        startsText: startsText && section.range.lowerBound == 0)
      for preTokenizer in preTokenizers { preTokenizer.apply(to: &split) }
      for word in split.words {
        scratch.encode(split.bytes.span.extracting(word), by: model, into: &ids)
      }
    }
  }
}

extension Tokenizer {
  /// The text of tokens. Ids that the vocabulary does not have are left out, and bytes that are not
  /// UTF-8 become U+FFFD.
  ///
  /// Decoding the result of `encode` returns the same text for byte-level models; others may
  /// normalize it.
  ///
  /// - Parameter skippingSpecialTokens: Leaves out the tokens for which `isSpecial` is true.
  public func decode(
    _ tokens: some Sequence<TokenID>, skippingSpecialTokens: Bool = true
  ) -> String {
    var pieces: [[UInt8]] = []
    for token in tokens where !(skippingSpecialTokens && specialIDs.contains(token)) {
      if let added = addedPieces[token] {
        pieces.append(Array(added.utf8))
      } else if let piece = model.vocabulary.bytes(of: token) {
        pieces.append(Array(piece))
      }
    }
    let decoded = decoders.reduce(pieces) { $1.decode($0) }
    return String(decoding: Array(decoded.joined()), as: UTF8.self)
  }

  /// A decoder for tokens that arrive one by one.
  public func streamingDecoder(skippingSpecialTokens: Bool = true) -> StreamingDecoder {
    StreamingDecoder(self, skippingSpecialTokens: skippingSpecialTokens)
  }
}
