package import ParaTokenizers

/// A chat's prompt, with its special tokens spelled out.
package struct RenderedChat: Sendable {
  package let text: String
  private let tokenizer: Tokenizer
  /// Where control tokens in the chat's own texts stay text: these, the marks around them, and the text with marks.
  private let marking: (tokens: ControlTokens, marks: ControlTokenMarks, text: String)?

  init(text: String, tokenizer: Tokenizer) {
    self.text = text
    self.tokenizer = tokenizer
    marking = nil
  }

  init(
    marked text: String, _ marks: ControlTokenMarks, _ tokens: ControlTokens, _ tokenizer: Tokenizer
  ) {
    self.text = marks.removed(from: text)
    self.tokenizer = tokenizer
    marking = (tokens, marks, text)
  }

  /// The tokens of the prompt and of a text behind it, such as a choice, which is encoded as the chat's own texts are.
  ///
  /// - Throws: `PromptError` if a control token cannot be encoded as text.
  package func tokens(followedBy text: String = "") throws -> [TokenID] {
    guard let marking else {
      return tokenizer.encode(self.text + text, addingSpecialTokens: false)
    }
    guard marking.marks.removed(from: text).utf8.elementsEqual(text.utf8) else {
      throw PromptError.chat(
        "a text behind it has a character for private use that marks texts here")
    }
    let marked = marking.tokens.marked(text, marking.marks)
    do {
      return try marking.tokens.encode(marking.text + marked, marking.marks)
    } catch {
      throw PromptError.chat("\(error)")
    }
  }
}
