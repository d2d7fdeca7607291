/// A token that is found in the text as it stands, before the model sees it: `<|endoftext|>`.
struct AddedToken: Sendable, Equatable {
  var id: TokenID
  var content: String
  /// Found only where no word character stands on either side.
  var isSingleWord = false
  /// Takes the white space before it, or after it, along.
  var stripsLeft = false
  var stripsRight = false
  /// Looked for in the normalised text rather than in the text as given.
  var isNormalized = false
  /// Left out when decoding skips special tokens.
  var isSpecial = false
}
