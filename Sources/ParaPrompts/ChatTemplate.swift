package import Foundation
import ParaJSON
import ParaJinja
package import ParaTokenizers

/// A model's chat template: how a conversation becomes a prompt, as `apply_chat_template` of transformers 5.24 does it.
///
/// A rendered chat has its special tokens spelled out, the one that begins a text among them: it is encoded without
/// further ones.
package struct ChatTemplate: Sendable {
  /// One of the templates of a model.
  private struct Parsed: Sendable {
    let text: String
    let template: JinjaTemplate
    let literals: [String]

    /// - Throws: `JinjaError`.
    init(_ text: String) throws {
      self.text = text
      template = try JinjaTemplate(text, .chat)
      literals = try JinjaTemplate.literals(of: text, .chat)
    }
  }

  private let template: Parsed
  /// For chats with tools, where the model has a template of its own for them.
  private let toolTemplate: Parsed?
  private let tokenizer: Tokenizer
  private let controlTokens: ControlTokens
  private let now: Date
  /// Whether content in parts becomes one text, for a template that knows no parts.
  private let joinsParts: Bool

  /// The template of a model folder; nil if it has none.
  ///
  /// - Parameters:
  ///   - name: Which of several templates; nil for the usual one, which is `tool_use` for chats with tools and
  ///     `default` for others.
  ///   - now: What `strftime_now` tells.
  /// - Throws: `ChatTemplateError` naming the file.
  package init?(modelFolder: URL, _ tokenizer: Tokenizer, name: String? = nil, now: Date) throws {
    guard let files = try ChatTemplateFiles(modelFolder) else { return nil }
    let usual = try files.template(named: name)
    let forTools = name == nil ? files.templates["tool_use"] : nil
    try self.init(usual, forTools, tokenizer, now: now)
  }

  /// One of the named formats, for a model without a template.
  ///
  /// - Throws: `ChatTemplateError` if the vocabulary lacks a control token of the format.
  package init(_ format: ChatFormat, _ tokenizer: Tokenizer) throws {
    try format.checkControlTokens(of: tokenizer)
    let file = ChatTemplateFile(path: "the chat format \(format.rawValue)", text: format.template)
    try self.init(file, nil, tokenizer, now: Date(), joinsParts: true)
  }

  private init(
    _ file: ChatTemplateFile, _ tools: ChatTemplateFile?, _ tokenizer: Tokenizer, now: Date,
    joinsParts: Bool = false
  ) throws {
    func parsed(_ file: ChatTemplateFile) throws -> Parsed {
      do { return try Parsed(file.text) } catch {
        throw ChatTemplateError(
          file: file.path, message: "the chat template cannot be read: \(error)")
      }
    }
    template = try parsed(file)
    toolTemplate = try tools.map(parsed)
    self.tokenizer = tokenizer
    self.now = now
    self.joinsParts = joinsParts
    controlTokens = ControlTokens(
      tokenizer, literals: template.literals + (toolTemplate?.literals ?? []))
  }
}

extension ChatTemplate {
  /// The prompt's text.
  ///
  /// - Throws: `PromptError`, with the template's own words where it refuses the chat.
  package func text(of chat: Chat) throws -> String {
    let chat = try joinsParts ? chat.normalized.joiningParts() : chat.normalized
    let template = chat.tools == nil ? self.template : toolTemplate ?? self.template
    guard let field = chat.continuedField else { return try render(chat, template) }
    let continuation = try ChatContinuation(chat, field: field, template: template.text)
    return try continuation.cut(render(continuation.chat, template))
  }

  /// The prompt as what its tokens are made of.
  ///
  /// - Parameter specialTokens: What becomes of control tokens that the chat's own texts spell out; those that the
  ///   template writes are always parsed. Names of keys are not looked at, nor tokens that the template puts together
  ///   from parts.
  /// - Throws: `PromptError`.
  package func rendered(_ chat: Chat, specialTokens: SpecialTokensInText = .parse) throws
    -> RenderedChat
  {
    guard specialTokens == .text else {
      return RenderedChat(text: try text(of: chat), tokenizer: tokenizer)
    }
    guard let marks = ControlTokenMarks(absentFrom: chat.texts + [template.text]) else {
      throw PromptError.chat("its texts use every character for private use")
    }
    let marked = chat.mappingTexts { controlTokens.marked($0, marks) }
    return RenderedChat(marked: try text(of: marked), marks, controlTokens, tokenizer)
  }

  private func render(_ chat: Chat, _ template: Parsed) throws -> String {
    do {
      return try template.template.render(try variables(chat))
    } catch let error as JinjaError where error.code == .raised {
      throw PromptError.refusedChat(error.message)
    } catch let error as JinjaError {
      throw PromptError.chat("\(error)")
    }
  }

  private func variables(_ chat: Chat) throws -> [String: JinjaValue] {
    var variables = ChatFunctions.functions(now: now)
    for (name, content) in tokenizer.roles { variables[name] = .string(content) }
    for member in chat.variables.members { variables[member.key] = JinjaValue(member.value) }
    for name in ["messages", "tools", "documents", "add_generation_prompt"]
    where chat.variables[name] != nil {
      throw PromptError.chat("'\(name)' cannot be given as a further variable")
    }
    variables["messages"] = JinjaValue(.array(chat.messages.map(JSONValue.object)))
    variables["tools"] = chat.tools.map(JinjaValue.init) ?? JinjaValue.none
    variables["documents"] = chat.documents.map(JinjaValue.init) ?? JinjaValue.none
    variables["add_generation_prompt"] = .boolean(chat.addsGenerationPrompt)
    return variables
  }
}
