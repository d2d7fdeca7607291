package import Foundation
import ParaJSON

extension Chat {
  /// A chat from a JSON file: its messages, or an object with `messages` and, as for `apply_chat_template`, `tools`,
  /// `documents`, `add_generation_prompt` (true unless it says otherwise), `continue_final_message` and
  /// `chat_template_kwargs`.
  ///
  /// - Throws: `JSONNodeError` naming file and place, `PromptError` for messages that are none.
  package init(contentsOf file: URL) throws {
    let root = try JSONNode(parsing: Array(Data(contentsOf: file)), file: file.relativePath)
    guard case .object = root.value else {
      try self.init(messages: root.value)
      return
    }
    try root.allowOnly(
      "messages", "tools", "documents", "add_generation_prompt", "continue_final_message",
      "chat_template_kwargs")
    let field = try root.member("continue_final_message").flatMap(Self.continuedField)
    try self.init(
      messages: root.required("messages").value, tools: root.member("tools")?.value,
      documents: root.member("documents")?.value,
      addsGenerationPrompt: root.bool("add_generation_prompt", default: field == nil),
      continuedField: field)
    for (key, value) in try root.member("chat_template_kwargs")?.members() ?? [] {
      variables[key] = value.value
    }
  }

  /// `true` stands for the content, a text is the field's name.
  private static func continuedField(_ node: JSONNode) throws -> String? {
    if case .string(let field) = node.value { return field }
    return try node.bool() ? "content" : nil
  }
}
