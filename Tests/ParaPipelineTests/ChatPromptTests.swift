import Foundation
import ParaDecoding
import ParaIngest
import ParaJSON
import ParaJobs
import ParaPrompts
import ParaTestSupport
import Testing

@testable import ParaPipeline

/// The tokens of chat prompts against transformers' (ParaPromptsTests/Goldens/chat.py).
@Suite struct ChatPromptTests {
  private let golden: ChatGolden

  init() throws { golden = try ChatGolden.load() }

  private func task(_ format: ChatFormat) throws -> Job.Task {
    try Job.Task(
      named: "chat", parsing: "{chat_format: \(format.rawValue), doc_to_messages: body.messages}")
  }

  /// The begin-of-sequence token comes once.
  @Test func rowsBecomeTheTokensOfTransformers() throws {
    let model = try LanguageModel(Fixtures.model)
    let examples = golden.cases.filter { $0.format == "llama-2" }
    #expect(examples.count == 9)
    for example in examples {
      let messages = example.messages.map {
        JSONValue.object(["role": .string($0.role), "content": .string($0.content)])
      }
      let row = SourceRow(
        fields: ["body": .object(["messages": .array(messages)])], task: "chat", adapter: nil,
        generation: GenerationSettings())
      let prompt = try? PromptBuilder([task(.llama2)], model).prompt(row)
      // An empty prompt (Llama 2 with a system message alone) is refused here.
      #expect(
        prompt?.tokens ?? [] == example.tokens ?? [], "\(example.format): \(example.messages)")
    }
  }

  @Test func aFormatOfAnotherVocabularyIsRefusedBeforeAnyRow() throws {
    let model = try LanguageModel(Fixtures.model)
    expect(
      throws: "the chat format chatml: the model's vocabulary has no <|im_start|>, <|im_end|>;"
        + " choose the format that the model was trained with"
    ) { try PromptBuilder([task(.chatML)], model) }
  }
}
