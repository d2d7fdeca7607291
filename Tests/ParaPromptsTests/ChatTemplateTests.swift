import Foundation
import ParaJSON
import ParaTestSupport
import ParaTokenizers
import Testing

@testable import ParaPrompts

/// Where a model's template is found, what it is given, and how a message is continued.
@Suite struct ChatTemplateTests {
  private func template(
    _ configuration: JSONObject, files: [String: String] = [:], name: String? = nil
  ) throws -> ChatTemplate? {
    let sample = try ChatSample(configuration)
    for (file, text) in files { _ = try sample.folder.write(text, to: file) }
    return try ChatTemplate(
      modelFolder: sample.folder.url, sample.tokenizer(), name: name,
      now: Date(timeIntervalSince1970: 1_767_604_023))
  }

  private func text(
    _ template: String, _ messages: JSONValue = ChatSample.user("hi"), tools: JSONValue? = nil,
    continuing field: String? = nil, variables: JSONObject = [:]
  ) throws -> String {
    let template = try #require(try self.template(["chat_template": .string(template)]))
    return try template.text(
      of: Chat(
        messages: messages, tools: tools, addsGenerationPrompt: field == nil, continuedField: field,
        variables: variables))
  }

  @Test func aModelWithoutATemplateHasNone() throws {
    #expect(try template([:]) == nil)
    #expect(try template(["chat_template": .null]) == nil)
  }

  /// Files go before the configuration, all of it, as in transformers.
  @Test func filesGoBeforeTheConfiguration() throws {
    let several: JSONValue = [
      ["name": "default", "template": "list"], ["name": "rag", "template": "rag list"],
    ]
    let chat = try Chat(messages: ChatSample.user("hi"))
    func found(_ value: JSONValue, _ files: [String: String], name: String? = nil) throws -> String?
    {
      try template(["chat_template": value], files: files, name: name)?.text(of: chat)
    }
    #expect(try found("text", [:]) == "text")
    #expect(try found(several, [:]) == "list")
    #expect(try found(several, [:], name: "rag") == "rag list")
    #expect(try found(["default": "object"], [:]) == "object")
    #expect(try found(several, ["chat_template.jinja": "file"]) == "file")
    let more = ["chat_template.jinja": "file", "additional_chat_templates/rag.jinja": "rag file"]
    #expect(try found(several, more, name: "rag") == "rag file")
    #expect(throws: ChatTemplateError.self) {
      try found(several, ["chat_template.jinja": "file"], name: "rag")
    }
  }

  @Test func toolsHaveATemplateOfTheirOwn() throws {
    let several: JSONValue = [
      ["name": "default", "template": "plain"], ["name": "tool_use", "template": "{{ tools }}"],
    ]
    let template = try #require(try template(["chat_template": several]))
    let messages = ChatSample.user("hi")
    #expect(try template.text(of: Chat(messages: messages)) == "plain")
    #expect(try template.text(of: Chat(messages: messages, tools: [["a": 1]])) == "[{'a': 1}]")
  }

  @Test func errorsNameTheFile() throws {
    func message(_ value: JSONValue, name: String? = nil) -> String {
      do {
        _ = try template(["chat_template": value], name: name)
        return "no error"
      } catch {
        return "\(error)".split(separator: "/").last.map(String.init) ?? ""
      }
    }
    #expect(
      message("{{ x").hasPrefix(
        "tokenizer_config.json, chat_template: the chat template cannot be read: line 1, column"))
    #expect(message([["name": "a"]]) == #"tokenizer_config.json: the key "template" is missing"#)
    #expect(
      message([["name": "a", "template": "x"], ["name": "b", "template": "y"]]).hasSuffix(
        "it has several chat templates (a, b) and no default; name one of them"))
    #expect(
      message("x", name: "rag").hasSuffix(
        "there is no chat template named 'rag'; there are default"))
  }

  @Test func whatATemplateIsGiven() throws {
    #expect(try text("{{ tools }} {{ documents }} {{ add_generation_prompt }}") == "None None True")
    #expect(try text("{{ thinking }}", variables: ["thinking": false]) == "False")
    #expect(try text("{{ strftime_now('%d %b %Y') }}") == "05 Jan 2026")
    #expect(try text("{{ messages[0] }}") == "{'role': 'user', 'content': 'hi'}")
    let calls: JSONValue = [
      ["role": "assistant", "content": .null, "tool_calls": [["id": "1"]], "reasoning": "r"]
    ]
    #expect(
      try text("{{ messages[0] }}", calls)
        == "{'thinking': 'r', 'role': 'assistant', 'tool_calls': [{'id': '1'}], 'reasoning': 'r',"
        + " 'reasoning_content': 'r'}")
    expect(
      throws: "The chat cannot be rendered: 'messages' cannot be given as a further variable."
    ) { try text("x", variables: ["messages": []]) }
  }

  @Test func aMessageIsContinued() throws {
    let chatML = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}"
    #expect(try text(chatML, ChatSample.user("a "), continuing: "content") == "<user>a ")
    let trimming = "{% for m in messages %}<{{ m.content | trim }}>{% endfor %}"
    #expect(try text(trimming, ChatSample.user("a \n"), continuing: "content") == "<a")
    let parts: JSONValue = [
      ["role": "user", "content": [["type": "text", "text": "a"], ["type": "image"]]]
    ]
    #expect(
      try text("{{ messages[0].content[0].text }}!", parts, continuing: "content") == "a")
    let reasoning: JSONValue = [["role": "assistant", "thinking": "so", "content": "x"]]
    #expect(
      try text("<{{ messages[0].reasoning_content }}>", reasoning, continuing: "thinking") == "<so")
  }

  @Test(arguments: [
    ("{{ messages[0].content }}", "reasoning", "the last message has no 'reasoning' to continue"),
    (
      "{{ messages[0].role }}", "content",
      "the chat template has no use for 'content', which is to be continued"
    ),
    (
      "{{ messages[0].content[1:] }}", "content",
      "the chat template changes or leaves out the last message, which is to be continued"
    ),
  ])
  func whatCannotBeContinued(template: String, field: String, reason: String) {
    expect(throws: "The chat cannot be rendered: \(reason).") {
      try text(template, ChatSample.user("hi"), continuing: field)
    }
  }

  @Test func aContinuedMessageIsNoNewTurn() throws {
    let template = try #require(try template(["chat_template": "{{ messages[0].content }}"]))
    let chat = try Chat(messages: ChatSample.user("hi"), continuedField: "content")
    #expect(throws: PromptError.self) { try template.text(of: chat) }
  }
}
