/// Cuts a text into the words that the model encodes one by one.
protocol PreTokenizer: Sendable {
  /// Cuts the words further, and may rewrite their bytes. Empty words do not remain.
  func apply(to text: inout SplitText)
}
