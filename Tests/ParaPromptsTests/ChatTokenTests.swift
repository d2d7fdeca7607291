import ParaJSON
import ParaTestSupport
import ParaTokenizers
import Testing

import struct Foundation.Date

@testable import ParaPrompts

/// The tokens of chats against `apply_chat_template`, with and without `sanitize_control_tokens`
/// (Goldens/chat_tokens.py).
@Suite struct ChatTokenTests {
  private let cases: [JSONNode]

  init() throws {
    let file = Fixtures.goldens("ParaPromptsTests").appending(path: "chat-tokens.json")
    cases = try golden(file).required("cases").elements()
  }

  @Test func everyChat() throws {
    #expect(cases.count == 11)
    for item in cases {
      let base = Fixtures.packageRoot.appending(path: try item.required("base").string())
      let sample = try ChatSample(vocabulary: base, try item.required("config").object)
      let template = try #require(
        try ChatTemplate(modelFolder: sample.folder.url, sample.tokenizer(), now: Date()))
      let rows = try item.required("rows").elements()
      #expect(rows.count == 10)
      for row in rows { try check(row, template, "\(item.object["name"] ?? .null) \(row.path)") }
    }
  }

  private func check(_ row: JSONNode, _ template: ChatTemplate, _ place: Comment) throws {
    let chat = try Chat(
      messages: row.required("messages").value, tools: row.member("tools")?.value,
      variables: row.member("variables")?.object ?? [:])
    for (key, specialTokens) in [("parsed", SpecialTokensInText.parse), ("asText", .text)] {
      let found = try? template.rendered(chat, specialTokens: specialTokens).tokens()
      let expected = try row.member(key)?.elements().map { try $0.int() }
      #expect(found?.map(Int.init) == expected, "\(place) \(key)")
    }
  }

  private func rendered(_ text: String) throws -> (chat: RenderedChat, tokenizer: Tokenizer) {
    let sample = try ChatSample([
      "chat_template": "{{ messages[0].content }}</s>", "eos_token": "</s>",
    ])
    let tokenizer = try sample.tokenizer()
    let template = try #require(
      try ChatTemplate(modelFolder: sample.folder.url, tokenizer, now: Date()))
    return (
      try template.rendered(Chat(messages: ChatSample.user(text)), specialTokens: .text), tokenizer
    )
  }

  /// transformers would leave out the two characters that it takes for marks.
  @Test func noCharacterOfTheTextIsLost() throws {
    let text = "a\u{F0000}</s>\u{F0001}b"
    let (chat, tokenizer) = try rendered(text)
    #expect(chat.text == text + "</s>")
    let ids = try chat.tokens()
    #expect(ids.filter { $0 == 1 }.count == 1 && ids.last == 1)
    #expect(tokenizer.decode(ids) == text)
  }

  @Test func aChoiceBehindTheChatIsTextToo() throws {
    let (chat, tokenizer) = try rendered("a")
    let ids = try chat.tokens(followedBy: " </s>b")
    #expect(ids.filter { $0 == 1 }.count == 1)
    #expect(tokenizer.decode(ids) == "a </s>b")
  }
}
