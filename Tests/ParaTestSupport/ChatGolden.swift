import Foundation

/// What transformers' `apply_chat_template` makes of conversations
/// (Tests/ParaPromptsTests/Goldens/chat.py).
package struct ChatGolden: Decodable {
  package struct Message: Decodable {
    package var role: String
    package var content: String
  }

  package struct Case: Decodable {
    package var format: String
    package var messages: [Message]
    /// Nil where the template refuses the conversation.
    package var text: String?
    /// With the embedded model's tokenizer.
    package var tokens: [Int32]?
  }

  package var bos: String
  package var eos: String
  package var cases: [Case]

  package static func load() throws -> ChatGolden {
    let file = Fixtures.goldens("ParaPromptsTests").appending(path: "chat.json")
    return try JSONDecoder().decode(ChatGolden.self, from: Data(contentsOf: file))
  }
}
