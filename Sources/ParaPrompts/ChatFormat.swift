package import ParaJSON

/// A model family's chat template: how a conversation becomes a prompt.
///
/// The text is what the family's own chat template gives in transformers with
/// `add_generation_prompt=True`. Special tokens are spelled out in it, so the tokenizer must not add
/// them again.
public enum ChatFormat: String, Sendable, CaseIterable {
  case llama2 = "llama-2"
  case llama3 = "llama-3"
  case gemma
  case chatML = "chatml"

  /// - Parameters:
  ///   - messages: At least one.
  ///   - beginOfSequence: The text of the model's begin-of-sequence token.
  ///   - endOfSequence: The text of its end-of-sequence token; only Llama 2 uses it.
  /// - Throws: A row error when the format does not allow the roles or their order.
  public func text(
    of messages: [ChatMessage], beginOfSequence: String, endOfSequence: String
  ) throws -> String {
    switch self {
    case .llama2: try llama2(messages, beginOfSequence, endOfSequence)
    case .llama3: beginOfSequence + llama3(messages)
    case .gemma: try beginOfSequence + gemma(messages)
    case .chatML: chatML(messages)
    }
  }

  /// A system message becomes part of the first user turn.
  private func llama2(_ messages: [ChatMessage], _ begin: String, _ end: String) throws -> String {
    let system = messages.first.flatMap { $0.role == "system" ? $0.content : nil }
    let turns = system == nil ? messages[...] : messages.dropFirst()
    try checkAlternation(turns)
    return turns.enumerated().map { index, turn in
      guard turn.role == "user" else { return " \(turn.content.stripped) \(end)" }
      let preface = index == 0 ? system.map { "<<SYS>>\n\($0)\n<</SYS>>\n\n" } ?? "" : ""
      return "\(begin)[INST] \((preface + turn.content).stripped) [/INST]"
    }.joined()
  }

  private func llama3(_ messages: [ChatMessage]) -> String {
    messages.map { header($0.role) + $0.content.stripped + "<|eot_id|>" }.joined()
      + header("assistant")
  }

  private func header(_ role: String) -> String {
    "<|start_header_id|>\(role)<|end_header_id|>\n\n"
  }

  private func gemma(_ messages: [ChatMessage]) throws -> String {
    if messages[0].role == "system" { throw PromptError.unknownRole("system", self) }
    try checkAlternation(messages[...])
    return messages.map { message in
      let role = message.role == "assistant" ? "model" : message.role
      return "<start_of_turn>\(role)\n\(message.content.stripped)<end_of_turn>\n"
    }.joined() + "<start_of_turn>model\n"
  }

  private func chatML(_ messages: [ChatMessage]) -> String {
    messages.map { "<|im_start|>\($0.role)\n\($0.content)<|im_end|>\n" }.joined()
      + "<|im_start|>assistant\n"
  }

  private func checkAlternation(_ turns: ArraySlice<ChatMessage>) throws {
    for (index, turn) in turns.enumerated() {
      guard ["user", "assistant"].contains(turn.role) else {
        throw PromptError.unknownRole(turn.role, self)
      }
      guard (turn.role == "user") == index.isMultiple(of: 2) else {
        throw PromptError.rolesMustAlternate(self)
      }
    }
  }
}

extension String {
  /// Without surrounding white space, as Python's `str.strip` removes it.
  fileprivate var stripped: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isPythonSpace }),
      let last = scalars.lastIndex(where: { !$0.isPythonSpace })
    else { return "" }
    return String(scalars[first...last])
  }
}

extension Unicode.Scalar {
  /// Unicode's white space and the four separators of ASCII.
  fileprivate var isPythonSpace: Bool {
    properties.isWhitespace || (0x1C...0x1F).contains(value)
  }
}

/// One turn of a conversation.
public struct ChatMessage: Sendable, Hashable {
  /// "system", "user" or "assistant".
  public var role: String
  public var content: String

  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }

  /// A row's `messages`: a list of objects with `role` and `content`, not empty.
  ///
  /// Content may also be a list of parts of the type `text`, as in OpenAI's batch rows, which are
  /// joined.
  package static func messages(in value: JSONValue, field: String) throws -> [ChatMessage] {
    guard case .array(let values) = value, !values.isEmpty else {
      throw PromptError.notMessages(field, kind: value.typeName)
    }
    return try values.enumerated().map { index, value in
      guard case .object(let message) = value, case .string(let role)? = message["role"],
        let content = message["content"].flatMap(text)
      else { throw PromptError.notAMessage(field, index: index) }
      return ChatMessage(role: role, content: content)
    }
  }

  private static func text(of content: JSONValue) -> String? {
    switch content {
    case .string(let text): return text
    case .array(let parts):
      var texts: [String] = []
      for part in parts {
        guard case .object(let fields) = part, case .string("text")? = fields["type"],
          case .string(let text)? = fields["text"]
        else { return nil }
        texts.append(text)
      }
      return texts.joined()
    default: return nil
    }
  }
}
