import ParaJSON
import Testing

@testable import ParaPrompts

@Suite struct TaskRendererTests {
  private func references(_ target: ReferenceSource, _ fields: JSONObject) throws
    -> [String]
  {
    try TaskRenderer(prompt: .template("text"), references: target).references(of: fields)
  }

  @Test func fieldsAndPaths() throws {
    #expect(try references(.field("answer"), ["answer": .string("yes")]) == ["yes"])
    #expect(try references(.field("answer"), ["answer": .integer(17)]) == ["17"])
    #expect(try references(.field("answer"), ["answer": .bool(false)]) == ["false"])
    let squad: JSONObject = [
      "answers": .array([
        .object(["text": .string("Denver"), "answer_start": .integer(3)]),
        .object(["text": .string("the Broncos")]),
      ])
    ]
    #expect(try references(.field("answers.text"), squad) == ["Denver", "the Broncos"])
    #expect(
      try references(.template("{% if a %}yes{% else %}no{% endif %}"), ["a": .bool(false)]) == [
        "no"
      ])
  }

  @Test func unusableReferencesAreErrors() {
    let unusable: [(String, JSONObject, String)] = [
      ("answer", ["question": .string("?")], "The row has no field 'answer'; it has question."),
      (
        "answer", ["answer": .null],
        "The field 'answer' is null; text, a number, true or false, or a list of these is needed."
      ),
      (
        "answer", ["answer": .array([])],
        "The field 'answer' is an array; text, a number, true or false, or a list of these is needed."
      ),
    ]
    for (path, fields, message) in unusable {
      let error = #expect(throws: PromptError.self) { try references(.field(path), fields) }
      #expect(error?.failureMessage == message)
    }
  }

  @Test func choicesAreTheTasksOrTheRows() throws {
    let prompt = PromptSource.template("{{ question }}")
    let fields: JSONObject = [
      "question": .string("q"), "options": .array([.string("a"), .integer(2)]),
    ]
    func choices(_ source: ChoiceSource?) throws -> [String] {
      try TaskRenderer(prompt: prompt, choices: source).choices(of: fields)
    }
    #expect(try choices(nil) == [])
    #expect(try choices(.each(["no", "yes"])) == ["no", "yes"])
    #expect(try choices(.field("options")) == ["a", "2"])
    #expect(throws: PromptError.self) { try choices(.field("missing")) }
  }

  /// A template's prompt gets special tokens from the tokenizer, a chat's has them in its text.
  @Test func onlyATemplateNeedsSpecialTokens() throws {
    let fields: JSONObject = [
      "messages": .array([.object(["role": .string("user"), "content": .string("hi")])]),
      "text": .string("hi"),
    ]
    func render(_ source: PromptSource) throws -> (text: String, addsSpecialTokens: Bool) {
      let renderer = try TaskRenderer(prompt: source)
      let text = try renderer.prompt(
        of: fields, beginOfSequence: "<s>", endOfSequence: "</s>")
      return (text, renderer.addsSpecialTokens)
    }
    #expect(try render(.template("{{ text }}")) == ("hi", true))
    let chat = try render(.chat(.llama2, field: "messages"))
    #expect(chat == ("<s>[INST] hi [/INST]", false))
  }
}
