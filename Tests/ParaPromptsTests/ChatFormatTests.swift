import Foundation
import ParaJSON
import ParaTestSupport
import ParaTokenizers
import Testing

@testable import ParaPrompts

/// The chat formats against transformers' `apply_chat_template` (Goldens/chat.py).
@Suite struct ChatFormatTests {
  private let golden: ChatGolden
  private let tokenizer: Tokenizer

  init() throws {
    golden = try ChatGolden.load()
    tokenizer = try ChatSample([
      "bos_token": "<s>", "eos_token": "</s>",
      "extra_special_tokens": [
        "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<start_of_turn>",
        "<end_of_turn>", "<|im_start|>", "<|im_end|>",
      ],
    ]).tokenizer()
  }

  @Test func everyConversation() throws {
    #expect(golden.cases.count == 36)
    for example in golden.cases {
      let format = try #require(ChatFormat(rawValue: example.format))
      let messages = example.messages.map {
        JSONValue.object(["role": .string($0.role), "content": .string($0.content)])
      }
      let text = try? ChatTemplate(format, tokenizer).text(of: Chat(messages: .array(messages)))
      #expect(text == example.text, "\(example.format): \(example.messages)")
    }
  }

  private func text(_ format: ChatFormat, _ messages: JSONValue) throws -> String {
    try ChatTemplate(format, tokenizer).text(of: Chat(messages: messages))
  }

  @Test func contentInPartsIsJoined() throws {
    let parts: JSONValue = [["type": "text", "text": "a"], ["type": "text", "text": "b"]]
    let messages: JSONValue = [
      ["role": "system", "content": "s"], ["role": "user", "content": parts],
    ]
    #expect(
      try text(.chatML, messages)
        == "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nab<|im_end|>\n<|im_start|>assistant\n"
    )
  }

  @Test(arguments: ChatFormat.allCases, ["banana", "user\n"])
  func unknownRolesAreRefused(format: ChatFormat, role: String) {
    expect(
      throws: "The chat template refuses the row: The chat format \(format.rawValue) has no role"
        + " '\(role)' here."
    ) { try text(format, [["role": .string(role), "content": "hi"]]) }
  }

  @Test(
    arguments: [
      (
        "hello",
        "The field 'messages' is a string; a list of messages with role and content is needed."
      ),
      ([], "The field 'messages' is an array; a list of messages with role and content is needed."),
      ([["content": "x"]], "'messages[0]' is not a message: it needs a text role."),
      ([["role": "user"]], "The message 0 has no text content, which this chat format needs."),
      (
        [["role": "user", "content": [["type": "image"]]]],
        "The message 0 has no text content, which this chat format needs."
      ),
    ] as [(JSONValue, String)])
  func unusableMessagesAreErrors(messages: JSONValue, message: String) {
    expect(throws: message) { try text(.chatML, messages) }
  }

  @Test func formatsOfOtherVocabulariesAreRefused() throws {
    let tokenizer = try ChatSample().tokenizer()
    let messages = [
      (ChatFormat.llama2, "bos_token, eos_token"),
      (.llama3, "<|start_header_id|>, <|end_header_id|>, <|eot_id|>, bos_token"),
      (.gemma, "<start_of_turn>, <end_of_turn>, bos_token"),
      (.chatML, "<|im_start|>, <|im_end|>"),
    ]
    for (format, missing) in messages {
      expect(
        throws: "the chat format \(format.rawValue): the model's vocabulary has no \(missing);"
          + " choose the format that the model was trained with"
      ) { try ChatTemplate(format, tokenizer) }
    }
  }
}
