import ArgumentParser
import Foundation
import ParaPrompts
import ParaTokenizers

struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the tokens of a text or a chat, and their ids.",
    discussion: """
      Each argument is a text; without any, standard input is one, its line breaks included. A chat is a JSON file with a \
      list of messages, or an object with `messages` and perhaps `tools` and `chat_template_kwargs`; the model's own \
      template renders it. Pieces are printed as the vocabulary spells them.

      Example:  para tokenize --model fixtures/model "Tom has 3 apples."

      Exit codes: 0 success, 1 the tokenizer cannot be read or the chat cannot be rendered, 2 usage.
      """)

  @Argument(help: "Texts.")
  var texts: [String] = []

  @Option(help: "A Hugging Face model folder; only its tokenizer is read.")
  var model: String

  @Option(help: "A JSON file with a chat, instead of texts.")
  var chat: String?

  @Option(help: "The chat format of a model without a template: llama-2, llama-3, gemma or chatml.")
  var chatFormat: ChatFormat?

  @Option(help: "Special tokens that the text spells out: parse (as tokens) or text.")
  var specialTokensInText: SpecialTokensInText?

  @Flag(help: "Leave out the special tokens that begin and end a text.")
  var noSpecial = false

  @Flag(help: "Print a JSON object for each text.")
  var json = false

  func validate() throws {
    if chat != nil, !texts.isEmpty || noSpecial {
      throw ValidationError("A chat takes no texts, and its template alone writes special tokens.")
    }
    if chat == nil, chatFormat != nil {
      throw ValidationError("--chat-format goes with --chat.")
    }
  }

  func run() throws {
    try Terminal.reporting {
      let folder = URL(filePath: model)
      let tokenizer = try Tokenizer(folder: folder)
      if let chat {
        let template = try template(folder, tokenizer)
        let chat = try template.rendered(
          Chat(contentsOf: URL(filePath: chat)), specialTokens: specialTokensInText ?? .parse)
        return try report(chat.text, try chat.tokens(), tokenizer)
      }
      for text in try texts.isEmpty ? [input()] : texts {
        let ids = tokenizer.encode(
          text, addingSpecialTokens: !noSpecial, specialTokens: specialTokensInText)
        try report(text, ids, tokenizer)
      }
    }
  }

  private func template(_ folder: URL, _ tokenizer: Tokenizer) throws -> ChatTemplate {
    if let chatFormat { return try ChatTemplate(chatFormat, tokenizer) }
    if let own = try ChatTemplate(modelFolder: folder, tokenizer, now: Date()) { return own }
    throw ValidationError("\(model) has no chat template; name a format with --chat-format.")
  }

  private func input() throws -> String {
    let data = try FileHandle.standardInput.readToEnd() ?? Data()
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ValidationError("Standard input is not UTF-8.")
    }
    return text
  }

  private func report(_ text: String, _ ids: [TokenID], _ tokenizer: Tokenizer) throws {
    let pieces = ids.map { tokenizer.piece(of: $0) ?? "" }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let line = try encoder.encode(Tokens(text: text, ids: ids, pieces: pieces))
      return Terminal.print(String(decoding: line, as: UTF8.self))
    }
    let width = ids.map { String($0).count }.max() ?? 0
    for (id, piece) in zip(ids, pieces) {
      let padding = String(repeating: " ", count: width - String(id).count)
      Terminal.print("\(padding)\(id)  \(String(reflecting: piece))")
    }
    Terminal.print(ids.count == 1 ? "1 token" : "\(ids.count) tokens")
  }

  private struct Tokens: Encodable {
    var text: String
    var ids: [TokenID]
    var pieces: [String]
  }
}
