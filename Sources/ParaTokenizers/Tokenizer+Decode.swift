extension Tokenizer {
  /// The text of tokens. Ids that the vocabulary does not have are left out, and bytes that are not
  /// UTF-8 become U+FFFD.
  ///
  /// Decoding what `encode` gave is the same text for byte-level models; others may normalise it.
  ///
  /// - Parameter skippingSpecialTokens: leaves out the tokens for which `isSpecial` is true.
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

  /// A decoder for tokens that come one by one.
  public func streamingDecoder(skippingSpecialTokens: Bool = true) -> StreamingDecoder {
    StreamingDecoder(self, skippingSpecialTokens: skippingSpecialTokens)
  }
}
