/// Cuts by GPT-2's pattern, if it is asked to, and writes every byte in GPT-2's alphabet.
struct ByteLevelPreTokenizer: PreTokenizer {
  /// Whether a word that does not start with a space gets one.
  let addsPrefixSpace: Bool
  /// The cut by GPT-2's pattern; nil if an earlier pre-tokenizer has done the cutting.
  private let split: SplitPreTokenizer?

  init(addsPrefixSpace: Bool, usesPattern: Bool) {
    self.addsPrefixSpace = addsPrefixSpace
    split = usesPattern ? SplitPreTokenizer(GPT2Pattern(), .isolated) : nil
  }

  func apply(to text: inout SplitText) {
    if addsPrefixSpace { text.prepend([0x20]) { _ in true } }
    split?.apply(to: &text)
    ByteLevelAlphabet.rewrite(&text)
  }
}
