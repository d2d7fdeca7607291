import ParaJSON

/// A chat whose last message the model continues: it is rendered with a tag behind that message, and cut at the tag.
///
/// Source: `continue_final_message` of transformers 5.24.
struct ChatContinuation {
  private static let tag = "CONTINUE_FINAL_MESSAGE_TAG "
  /// The tag where a template strips its message.
  private static let strippedTag = "CONTINUE_FINAL_MESSAGE_TAG"

  /// The chat with the tag.
  private(set) var chat: Chat
  private var continued = ""

  /// - Parameters:
  ///   - field: The field of the last message that goes on: a text, or a list of parts whose last text goes on.
  ///   - template: The template's own text, which must mention the field.
  /// - Throws: `PromptError`.
  init(_ chat: Chat, field: String, template: String) throws {
    self.chat = chat
    guard !chat.addsGenerationPrompt else {
      throw PromptError.chat(
        "a prompt ends either with the last message, to be continued, or with a new turn's beginning"
      )
    }
    guard let last = chat.messages.last, let value = last[field] else {
      throw PromptError.chat("the last message has no '\(field)' to continue")
    }
    let isReasoning = Chat.reasoningFields.contains(field)
    // Reasoning stands under several names, and a template reads one of them.
    let fields = isReasoning ? Chat.reasoningFields.filter { last[$0] == value } : [field]
    guard fields.contains(where: { template.contains($0) }) else {
      throw PromptError.chat(
        "the chat template has no use for '\(field)', which is to be continued")
    }
    let tagged = try tagging(value, field)
    for name in fields { self.chat.messages[chat.messages.count - 1][name] = tagged }
  }

  private mutating func tagging(_ value: JSONValue, _ field: String) throws -> JSONValue {
    switch value {
    case .string(let text):
      continued = text
      return .string(text + Self.tag)
    case .array(var parts):
      for index in parts.indices.reversed() {
        guard case .object(var part) = parts[index], case .string(let text)? = part["text"] else {
          continue
        }
        continued = text
        part["text"] = .string(text + Self.tag)
        parts[index] = .object(part)
        return .array(parts)
      }
      throw PromptError.chat("the last message's '\(field)' has no text to continue")
    default:
      throw PromptError.chat(
        "the last message's '\(field)' is \(value.typeName); only a text can be continued")
    }
  }

  /// The rendered text up to the tag; without trailing white space if the template stripped the message.
  ///
  /// - Throws: `PromptError` if the template left out the message or a part of it.
  func cut(_ rendered: String) throws -> String {
    let bytes = Array(rendered.utf8)
    guard let tag = Self.lastRange(of: Array(Self.strippedTag.utf8), in: bytes),
      continued.pythonStripped.isEmpty
        || bytes.firstRange(of: Array(continued.pythonStripped.utf8)) != nil
    else {
      throw PromptError.chat(
        "the chat template changes or leaves out the last message, which is to be continued")
    }
    let text = String(decoding: bytes[..<tag.lowerBound], as: UTF8.self)
    let isWhole = bytes[tag.upperBound...].first == 0x20
    return isWhole ? text : text.pythonRightStripped
  }

  private static func lastRange(of part: [UInt8], in text: [UInt8]) -> Range<Int>? {
    var start = text.count - part.count
    while start >= 0, !text[start..<(start + part.count)].elementsEqual(part) { start -= 1 }
    return start < 0 ? nil : start..<(start + part.count)
  }
}

extension String {
  /// Without trailing white space, as Python's `str.rstrip` removes it.
  fileprivate var pythonRightStripped: String {
    let end = unicodeScalars.lastIndex { !$0.isPythonSpace }
    return end.map { String(unicodeScalars[...$0]) } ?? ""
  }

  fileprivate var pythonStripped: String {
    String(String.UnicodeScalarView(unicodeScalars.drop { $0.isPythonSpace })).pythonRightStripped
  }
}

extension Unicode.Scalar {
  /// Unicode's white space and the four separators of ASCII.
  fileprivate var isPythonSpace: Bool {
    properties.isWhitespace || (0x1C...0x1F).contains(value)
  }
}
