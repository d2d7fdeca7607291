package import ParaJSON

/// A conversation, and how it is to be rendered.
package struct Chat: Sendable, Hashable {
  /// With all their keys: `tool_calls`, `reasoning_content`, content in parts. Their number is at least one.
  package var messages: [JSONObject]
  /// JSON schemas of functions; nil for none.
  package var tools: JSONValue?
  /// Documents to answer from, objects with `title` and `text`; nil for none.
  package var documents: JSONValue?
  /// Whether the prompt ends with the beginning of the assistant's turn.
  package var addsGenerationPrompt: Bool
  /// The field of the last message that the model continues: `content`, `reasoning_content`; nil for none.
  package var continuedField: String?
  /// Further variables of the template, such as `enable_thinking`; they replace special tokens of the same name.
  package var variables: JSONObject

  /// - Throws: `PromptError` if the messages are not a list of objects with a role, or if there are none.
  package init(
    messages: JSONValue, field: String = "messages", tools: JSONValue? = nil,
    documents: JSONValue? = nil, addsGenerationPrompt: Bool = true, continuedField: String? = nil,
    variables: JSONObject = [:]
  ) throws {
    guard case .array(let values) = messages, !values.isEmpty else {
      throw PromptError.notMessages(field, kind: messages.typeName)
    }
    self.messages = try values.enumerated().map { index, value in
      guard case .object(let message) = value, case .string? = message["role"] else {
        throw PromptError.notAMessage(field, index: index)
      }
      return message
    }
    self.tools = tools
    self.documents = documents
    self.addsGenerationPrompt = addsGenerationPrompt
    self.continuedField = continuedField
    self.variables = variables
  }
}

extension Chat {
  /// The messages as transformers gives them to a template: without keys that are null, and with reasoning under the
  /// names that templates read.
  var normalized: Chat {
    var chat = self
    chat.messages = messages.map { $0.filter { $0 != .null }.withReasoningNames }
    return chat
  }

  /// All texts in it that come from the user.
  var texts: [String] {
    var texts: [String] = []
    _ = mappingTexts { text in
      texts.append(text)
      return text
    }
    return texts
  }

  /// The chat with each of these texts replaced; keys of objects stay.
  func mappingTexts(_ transform: (String) -> String) -> Chat {
    var chat = self
    chat.messages = messages.map { $0.mappingTexts(transform) }
    chat.tools = tools?.mappingTexts(transform)
    chat.documents = documents?.mappingTexts(transform)
    chat.variables = variables.mappingTexts(transform)
    return chat
  }

  /// The names under which a message's reasoning is given.
  static let reasoningFields = ["reasoning_content", "thinking", "reasoning"]
}

extension JSONObject {
  fileprivate var withReasoningNames: JSONObject {
    guard let reasoning = Chat.reasoningFields.lazy.compactMap({ self[$0] }).first else {
      return self
    }
    var message: JSONObject = ["thinking": self["thinking"] ?? reasoning]
    message.appendMissing(from: self)
    message["reasoning_content"] = reasoning
    return message
  }

  fileprivate func mappingTexts(_ transform: (String) -> String) -> JSONObject {
    JSONObject(
      members: members.map {
        JSONMember(key: $0.key, value: $0.value.mappingTexts(transform))
      })
  }
}

extension JSONValue {
  fileprivate func mappingTexts(_ transform: (String) -> String) -> JSONValue {
    switch self {
    case .string(let text): .string(transform(text))
    case .array(let elements): .array(elements.map { $0.mappingTexts(transform) })
    case .object(let object): .object(object.mappingTexts(transform))
    case .null, .bool, .integer, .bigInteger, .double: self
    }
  }
}
