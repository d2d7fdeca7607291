import ParaIngest
import ParaTokenizers

/// How a task makes a row's text, and its tokens.
enum PromptRule {
  case template(PromptTemplate)
  case chat(ChatFormat, FieldPath)

  init(_ rule: Job.PromptRule) throws {
    switch rule {
    case .template(let text): self = .template(try PromptTemplate(text))
    case .chat(let format, let field): self = .chat(format, FieldPath(field))
    }
  }

  func text(of fields: [String: FieldValue], _ tokenizer: Tokenizer) throws -> String {
    switch self {
    case .template(let template): return try template.render(fields)
    case .chat(let format, let path):
      let messages = try ChatMessage.messages(in: path.value(in: fields), field: path.name)
      func piece(_ token: TokenID?) -> String { token.flatMap(tokenizer.piece) ?? "" }
      return try format.text(
        of: messages, beginOfSequence: piece(tokenizer.beginOfSequence),
        endOfSequence: piece(tokenizer.endOfSequence))
    }
  }

  /// A chat's text spells its special tokens out; a template's gets them added.
  var addsSpecialTokens: Bool {
    if case .template = self { true } else { false }
  }
}
