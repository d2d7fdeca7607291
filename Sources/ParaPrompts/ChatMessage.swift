import ParaJSON

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
  static func messages(in value: JSONValue, field: String) throws -> [ChatMessage] {
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
