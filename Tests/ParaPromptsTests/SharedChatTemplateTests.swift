import Foundation
import ParaJSON
import ParaTestSupport
import ParaTokenizers
import Testing

@testable import ParaPrompts

/// A hundred models' templates against what transformers 5.24 makes of conversations, 3,394 in all.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared, which is not beside this checkout"))
struct SharedChatTemplateTests {
  private static let folder = SharedData.url("chat-templates")

  @Test(arguments: [("expected", 1_958), ("expected-more", 1_436)])
  func everyConversation(name: String, count: Int) throws {
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.folder.appending(path: name), includingPropertiesForKeys: nil)
    var seen = 0
    for file in files.sorted(by: { $0.path < $1.path }) where file.pathExtension == "json" {
      let golden = try golden(file)
      let template = try template(golden)
      for item in try golden.required("cases").elements() {
        seen += 1
        let place: Comment =
          "\(file.lastPathComponent) \(item.path) \(item.object["name"] ?? .null)"
        try check(item, template, place)
      }
    }
    #expect(seen == count)
  }

  private func check(_ item: JSONNode, _ template: ChatTemplate, _ place: Comment) throws {
    if let expected = try item.member("expected")?.string() {
      let found = try template.text(of: chat(item))
      #expect(found.utf8.elementsEqual(expected.utf8), place)
      return
    }
    let error = #expect(throws: PromptError.self, place) { try template.text(of: chat(item)) }
    let expected = try item.required("error")
    guard try expected.required("raised_by_template").bool() else { return }
    #expect(error?.failureCode == "chat_refused", place)
    let message = try expected.required("message").string()
    #expect(error?.failureMessage == "The chat template refuses the row: " + message, place)
  }

  private func template(_ golden: JSONNode) throws -> ChatTemplate {
    let file = Self.folder.appending(path: try golden.required("template_file").string())
    let sample = try ChatSample([
      "bos_token": golden.object["bos_token"] ?? .null,
      "eos_token": golden.object["eos_token"] ?? .null,
    ])
    _ = try sample.folder.write(Data(contentsOf: file), to: "chat_template.jinja")
    let now = try Date(golden.required("now").string() + "Z", strategy: .iso8601)
    return try #require(
      try ChatTemplate(modelFolder: sample.folder.url, sample.tokenizer(), now: now))
  }

  private func chat(_ item: JSONNode) throws -> Chat {
    try Chat(
      messages: item.required("messages").value,
      addsGenerationPrompt: item.bool("add_generation_prompt", default: false),
      continuedField: item.bool("continue_final_message", default: false) ? "content" : nil,
      variables: item.member("template_kwargs")?.object ?? [:])
  }
}
