/// A text on its way through the pre-tokenizers: its bytes, and the words they are cut into so far.
///
/// Words are in order and do not overlap; bytes between them have been dropped.
struct SplitText {
  /// UTF-8.
  var bytes: [UInt8]
  var words: [Range<Int>]
  /// Whether this is the start of the whole text, rather than what follows an added token.
  let startsText: Bool

  init(_ bytes: [UInt8], startsText: Bool) {
    self.bytes = bytes
    self.startsText = startsText
    words = bytes.isEmpty ? [] : [0..<bytes.count]
  }
}
