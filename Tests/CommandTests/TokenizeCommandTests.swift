import Foundation
import ParaTestSupport
import Testing

/// `para tokenize` on texts, standard input and chats.
@Suite struct TokenizeCommandTests {
  private func run(_ arguments: String..., input: String? = nil) throws -> ParaProcess {
    try ParaProcess(["tokenize", "--model", Fixtures.model.path] + arguments, input: input)
  }

  @Test func piecesAndIDs() throws {
    let found = try run("Hi</s>", "a")
    #expect(found.exitCode == 0, "\(found.errors)")
    #expect(
      found.output == """
         0  "<s>"
        42  "H"
        75  "i"
         1  "</s>"
        4 tokens
         0  "<s>"
        67  "a"
        2 tokens

        """)
  }

  @Test func jsonWithoutSpecialTokens() throws {
    let found = try run("--json", "--no-special", "--special-tokens-in-text", "text", "a</s>")
    #expect(
      found.output
        == #"{"ids":[67,30,17,85,32],"pieces":["a","<","/","s",">"],"text":"a</s>"}"# + "\n")
  }

  @Test func standardInputIsOneText() throws {
    let found = try run("--json", "--no-special", input: "a\nb\n")
    #expect(
      found.output == #"{"ids":[67,201,68,201],"pieces":["a","Ċ","b","Ċ"],"text":"a\nb\n"}"# + "\n")
  }

  @Test func aChatInAFormatByName() throws {
    let folder = try TemporaryFolder()
    let chat = try folder.write(
      #"{"messages":[{"role":"user","content":"</s>"}]}"#, to: "chat.json")
    let parsed = try run("--chat", chat.path, "--chat-format", "llama-2", "--json")
    #expect(parsed.output.contains(#""text":"<s>[INST] </s> [/INST]""#), "\(parsed.errors)")
    #expect(parsed.output.contains(#""ids":[0,"#) && parsed.output.contains(#""</s>""#))
    let asText = try run(
      "--chat", chat.path, "--chat-format", "llama-2", "--special-tokens-in-text", "text", "--json")
    #expect(asText.output.contains(#""<","/","s",">""#), "\(asText.errors)")
  }

  @Test func errors() throws {
    let folder = try TemporaryFolder()
    let chat = try folder.write(#"[{"role":"user","content":"hi"}]"#, to: "chat.json")
    let without = try run("--chat", chat.path)
    #expect(without.exitCode == 2)
    #expect(
      without.errors
        == "para: \(Fixtures.model.path) has no chat template; name a format with --chat-format.\n")
    let foreign = try run("--chat", chat.path, "--chat-format", "chatml")
    #expect(foreign.exitCode == 2)
    #expect(foreign.errors.contains("the model's vocabulary has no <|im_start|>, <|im_end|>"))
    #expect(try run("--chat", chat.path, "text").exitCode == 2)
    let broken = try folder.write(#"{"messages":[],"mesages":[]}"#, to: "broken.json")
    let refused = try run("--chat", broken.path, "--chat-format", "llama-2")
    #expect(refused.exitCode == 1)
    #expect(refused.errors == "para: \(broken.path): the key \"mesages\" is not known here\n")
  }
}
