/// Turns one word, as the pre-tokenizer cut it, into tokens.
protocol TokenModel: Sendable {
  var vocabulary: Vocabulary { get }

  /// Appends the word's tokens. The word is UTF-8, and not empty.
  func encode(_ word: Span<UInt8>, into ids: inout [TokenID], scratch: inout EncodingScratch)
}
