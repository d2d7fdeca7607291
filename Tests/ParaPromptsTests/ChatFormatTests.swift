import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaPrompts

/// The chat formats against transformers' `apply_chat_template` (Goldens/chat.py).
@Suite struct ChatFormatTests {
  private let golden: ChatGolden

  init() throws { golden = try ChatGolden.load() }

  @Test func everyConversation() throws {
    #expect(golden.cases.count == 36)
    for example in golden.cases {
      let format = try #require(ChatFormat(rawValue: example.format))
      let messages = example.messages.map { ChatMessage(role: $0.role, content: $0.content) }
      let text = try? format.text(
        of: messages, beginOfSequence: golden.bos, endOfSequence: golden.eos)
      #expect(text == example.text, "\(example.format): \(example.messages)")
    }
  }

  @Test func messagesAsRowsCarryThem() throws {
    let parts: JSONValue = .array([
      .object(["type": .string("text"), "text": .string("a")]),
      .object(["type": .string("text"), "text": .string("b")]),
    ])
    let messages = try ChatMessage.messages(
      in: .array([
        .object(["role": .string("system"), "content": .string("s")]),
        .object(["role": .string("user"), "content": parts]),
      ]), field: "messages")
    #expect(
      messages == [
        ChatMessage(role: "system", content: "s"), ChatMessage(role: "user", content: "ab"),
      ])
  }

  @Test func unusableMessagesAreErrors() {
    let refused: [(JSONValue, String)] = [
      (
        .string("hello"),
        "The field 'messages' is a string; a list of messages with role and content is needed."
      ),
      (
        .array([]),
        "The field 'messages' is an array; a list of messages with role and content is needed."
      ),
      (
        .array([.object(["role": .string("user")])]),
        "'messages[0]' is not a message: it needs a text role and a text content."
      ),
      (
        .array([
          .object([
            "role": .string("user"), "content": .array([.object(["type": .string("image")])]),
          ])
        ]),
        "'messages[0]' is not a message: it needs a text role and a text content."
      ),
    ]
    for (value, message) in refused {
      let error = #expect(throws: PromptError.self) {
        try ChatMessage.messages(in: value, field: "messages")
      }
      #expect(error?.failureMessage == message)
    }
  }
}
