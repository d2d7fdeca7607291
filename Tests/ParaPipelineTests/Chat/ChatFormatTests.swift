import Foundation
import ParaIngest
import ParaTestSupport
import Testing

@testable import ParaPipeline

/// The chat formats against transformers' `apply_chat_template` (Goldens/chat.py).
@Suite struct ChatFormatTests {
  private struct Golden: Decodable {
    struct Message: Decodable {
      var role: String
      var content: String
    }

    struct Case: Decodable {
      var format: String
      var messages: [Message]
      /// Nil where the template refuses the conversation.
      var text: String?
      /// With the embedded model's tokenizer.
      var tokens: [Int32]?
    }

    var bos: String
    var eos: String
    var cases: [Case]
  }

  private let golden: Golden

  init() throws {
    let file = Fixtures.goldens("ParaPipelineTests").appending(path: "chat.json")
    golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  /// From a row to the tokens, of which the one that begins a text comes once.
  @Test func rowsBecomeTheTokensOfTransformers() throws {
    let model = try LanguageModel(Fixtures.model)
    for example in golden.cases {
      let format = try #require(ChatFormat(rawValue: example.format))
      let task = Job.Task(name: "chat", prompt: .chat(format, field: "body.messages"))
      let messages = example.messages.map {
        FieldValue.object(["role": .string($0.role), "content": .string($0.content)])
      }
      let row = SourceRow(
        fields: ["body": .object(["messages": .array(messages)])], task: "chat", adapter: nil,
        generation: GenerationSettings(GenerationOptions()))
      let prompt = try? PromptBuilder([task], model).prompt(row)
      // A conversation of which nothing is left (Llama 2 with a system message alone) is refused here.
      #expect(
        prompt?.tokens ?? [] == example.tokens ?? [], "\(example.format): \(example.messages)")
    }
  }

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
    let parts: FieldValue = .array([
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

  @Test func whatAreNoMessages() {
    let refused: [(FieldValue, String)] = [
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
        "'messages[0]' is no message: it needs a text role and a text content."
      ),
      (
        .array([
          .object([
            "role": .string("user"), "content": .array([.object(["type": .string("image")])]),
          ])
        ]),
        "'messages[0]' is no message: it needs a text role and a text content."
      ),
    ]
    for (value, message) in refused {
      let error = #expect(throws: ChatError.self) {
        try ChatMessage.messages(in: value, field: "messages")
      }
      #expect(error?.failureMessage == message)
    }
  }
}
