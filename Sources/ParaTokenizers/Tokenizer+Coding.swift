extension Tokenizer {
  /// The tokens of a text.
  ///
  /// Any text can be encoded; a character that the vocabulary does not have becomes byte or unknown
  /// tokens, or is left out if there are none. The time is linear in the length of the text, except
  /// for words of many thousand characters, which take O(n log n). A text may have up to 2³¹ bytes.
  ///
  /// - Parameters:
  ///   - addingSpecialTokens: Adds the special tokens around the text that the files prescribe, such as the one that
  ///     begins a text.
  ///   - specialTokens: What becomes of special tokens spelled out *in* the text. Nil is what the files say
  ///     (`split_special_tokens`), nearly always `parse`. Added tokens that are not special are matched either way.
  public func encode(
    _ text: String, addingSpecialTokens: Bool = true, specialTokens: SpecialTokensInText? = nil
  ) -> [TokenID] {
    let parses = specialTokens.map { $0 == .parse } ?? !splitsSpecialTokens
    let ids = encode(text, matching: parses ? .all : .ordinary)
    return addingSpecialTokens ? template.prefix + ids + template.suffix : ids
  }

  /// The tokens of a text alone.
  func encode(_ text: String, matching selection: AddedTokenSelection) -> [TokenID] {
    var ids: [TokenID] = []
    let bytes = Array(text.utf8)
    scratch.with { scratch in
      for section in rawMatcher.sections(of: bytes.span, matching: selection) {
        if let token = section.token {
          ids.append(token)
        } else {
          encode(bytes, section.range, matching: selection, into: &ids, &scratch)
        }
      }
    }
    return ids
  }

  /// Normalizes and encodes a range of the text without added tokens.
  private func encode(
    _ bytes: [UInt8], _ range: Range<Int>, matching selection: AddedTokenSelection,
    into ids: inout [TokenID], _ scratch: inout EncodingScratch
  ) {
    var text = range.count == bytes.count ? bytes : Array(bytes[range])
    var startsText = range.lowerBound == 0
    for normalizer in normalizers {
      startsText = startsText && normalizer.keepsStart(of: text)
      text = normalizer.normalize(text)
    }
    for section in normalizedMatcher.sections(of: text.span, matching: selection) {
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
    let text = Array(decoded.joined())
    return String(decoding: cleansUpSpaces ? SpaceCleanUp.applied(to: text) : text, as: UTF8.self)
  }

  /// The bytes that a token contributes to a text, special or not: decoding without what happens at a text's start.
  /// Empty for an id that the vocabulary does not have.
  func bytes(of token: TokenID) -> [UInt8] {
    guard
      var piece = addedPieces[token].map({ Array($0.utf8) })
        ?? model.vocabulary.bytes(of: token).map(Array.init)
    else { return [] }
    for decoder in decoders {
      // What comes after works on the text as a whole.
      if decoder is FuseDecoder { break }
      piece = decoder.bytes(of: piece)
    }
    return piece
  }

  /// A decoder for tokens that arrive one by one.
  public func streamingDecoder(skippingSpecialTokens: Bool = true) -> StreamingDecoder {
    StreamingDecoder(self, skippingSpecialTokens: skippingSpecialTokens)
  }
}
