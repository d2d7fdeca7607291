import Foundation
import ParaTestSupport
import Testing

@Suite struct OtherCommandTests {
  @Test(arguments: [
    [], ["run"], ["plan"], ["generate"], ["inspect"], ["convert", "llama2c"], ["bench"],
  ])
  func helpTeachesWithAnExample(command: [String]) throws {
    let help = try ParaProcess(command + ["--help"])
    #expect(help.exitCode == 0)
    #expect(help.output.contains("para \((command + [""])[0])"))
    #expect(help.output.contains(command.isEmpty ? "To begin:" : "Example:"))
  }

  @Test func generateAnswersWithAnAdapter() throws {
    let answer = try ParaProcess([
      "generate", Fixtures.model.path, "--prompt",
      #"Problem:\nTom has 3 apples and buys 4 more. How many apples has Tom?\nAnswer:"#,
      "--adapter", Fixtures.adapter("math-para").path, "--max-new-tokens", "4",
    ])
    #expect(answer.exitCode == 0, "\(answer.errors)")
    #expect(!answer.output.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
  }

  @Test func aBrokenModelIsAFailureWithAReason() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(#"{"model_type": "llama"}"#, to: "config.json")
    let run = try ParaProcess(["generate", folder.url.path, "--prompt", "x"])
    #expect(run.exitCode == 1)
    #expect(run.errors == "para: \(folder.url.path)/config.json: lacks the key vocab_size.\n")
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data/llama2c-stories260K"))
  func convertsAndTellsTheStory() throws {
    let folder = try TemporaryFolder()
    let model = folder.url.appending(path: "stories").path
    let conversion = try ParaProcess([
      "convert", "llama2c", SharedData.url("llama2c-stories260K/stories260K.bin").path,
      "--tokenizer", SharedData.url("llama2c-stories260K/tok512.bin").path, "--output", model,
    ])
    #expect(conversion.exitCode == 0, "\(conversion.errors)")
    let story = try ParaProcess([
      "generate", model, "--prompt", "", "--max-new-tokens", "200", "--num-beams", "1",
    ])
    #expect(story.exitCode == 0, "\(story.errors)")
    let page = try String(
      contentsOf: SharedData.url("llama2c-stories260K/stories260K.md"), encoding: .utf8)
    let told = story.output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(told.hasPrefix("Once upon a time, there was a little girl named Lily."))
    #expect(told.count > 400 && page.contains(told))
  }
}
