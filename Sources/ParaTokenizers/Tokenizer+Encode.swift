extension Tokenizer {
  /// The tokens of a text.
  ///
  /// Any text is encoded; what the vocabulary does not have becomes its byte or unknown tokens, or
  /// is left out if it has neither. The time is linear in the text's length but for words of many
  /// thousand characters, which cost O(n log n). A text may have up to 2³¹ bytes.
  ///
  /// - Parameter addingSpecialTokens: puts the tokens around the text that the files prescribe, as
  ///   the one that starts a text. Special tokens spelled out *in* the text are found either way.
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

  /// Normalises and encodes a part of the text that holds no added token as it stands.
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
      var split = SplitText(
        isWhole ? text : Array(text[section.range]),
        startsText: startsText && section.range.lowerBound == 0)
      for preTokenizer in preTokenizers { preTokenizer.apply(to: &split) }
      for word in split.words {
        scratch.encode(split.bytes.span.extracting(word), by: model, into: &ids)
      }
    }
  }
}
