import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaTasks

/// Small job files whose tasks once gave wrong prompts, choices or references.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared, which is not beside this checkout"))
struct PromptCaseTests {
  private static let folder = SharedData.url("../cases/prompts").standardizedFileURL

  /// A task within a case's job file.
  private func task(_ name: String, _ file: String) throws -> TaskDefinition {
    let path = Self.folder.appending(path: file).path
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let job = try YAMLNode(parsing: text, file: path)
    let node = try #require(job["tasks"]?[name])
    return try TaskDefinition(
      TaskKeys(node), name: name, style: .job(others: ["chat_format", "doc_to_messages"]))
  }

  private func rows(_ file: String) throws -> [JSONObject] {
    let data = try Data(contentsOf: Self.folder.appending(path: file))
    return try data.split(separator: UInt8(ascii: "\n")).map { line in
      let value = try line.withUnsafeBytes { try JSONParser.parse($0, duplicateKeys: .kept) }
      guard case .object(let fields) = value else { throw Unexpected() }
      return fields
    }
  }

  private func prompts(_ name: String, _ folder: String) throws -> [String?] {
    let task = try task(name, folder + "/job.yaml")
    return try rows(folder + "/rows.jsonl").map { fields in
      guard case .generate(.text(let text))? = try? task.row(fields).requests.first else {
        return nil
      }
      return text
    }
  }

  @Test func anObjectPrintsAsPythonPrintsIt() throws {
    #expect(
      try prompts("t", "01-object-in-prompt-random-order") == [
        "Problem:\n{'z': 1, 'a': 2, 'm': 3, 'k': 4, 'b': 5}\nAnswer:",
        "Problem:\n[{'x': 1, 'y': 2}]\nAnswer:",
      ])
  }

  @Test(arguments: [
    ("nested", "A T1 B", nil), ("index", "A z B", nil), ("nullfield", "A hi B", "A None B"),
    ("method", "A hi B", nil), ("sum", "A hia B", nil), ("tilde", "A hia B", "A Noneb B"),
    ("cjk", "A 何 B", nil),
  ])
  func holesAreErrors(name: String, first: String?, second: String?) throws {
    #expect(try prompts(name, "02-silent-holes-in-prompts") == [first, second])
  }

  @Test func aPastedTaskOfMMLU() throws {
    let folder = "03-lm-eval-task-pasted"
    let rows = try rows(folder + "/rows.jsonl")
    let mmlu = try task("mmlu", folder + "/job.yaml")
    let row = try mmlu.row(rows[0])
    let prompt = "Which of these is a fruit?\nA. stone\nB. apple\nC. river\nD. lamp\nAnswer:"
    #expect(row.requests[1] == .logLikelihood(.text(prompt), continuation: " B"))
    #expect(try rows.map { try mmlu.row($0).gold } == [.choices([1]), .choices([0])])
    let field = try task("field", folder + "/job.yaml")
    #expect(try field.row(rows[1]).requests == [.generate(.text(" Which is a colour?"))])
  }

  @Test func numbersKeepTheirDigits() throws {
    let folder = "06-big-and-small-numbers"
    let task = try task("t", folder + "/job.yaml")
    #expect(
      try rows(folder + "/rows.jsonl").prefix(3).map { try task.row($0).gold } == [
        .texts(["12345678901234567890"]), .texts(["7"]), .texts(["6e-06"]),
      ])
  }

  @Test func unlabelledAndUnanswerableRows() throws {
    let folder = "09-unscored-and-unanswerable-rows"
    let task = try task("t", folder + "/job.yaml")
    #expect(
      try rows(folder + "/rows.jsonl").map { try task.row($0).gold } == [
        .texts([]), .unlabelled, .texts(["Tom"]),
      ])
  }

  @Test func aTargetIsTheNumberOfAChoice() throws {
    let folder = "13-multiple-choice-target-is-index"
    let task = try task("boolq", folder + "/job.yaml")
    #expect(
      try rows(folder + "/rows.jsonl").map { try task.row($0).gold } == [
        .choices([1]), .choices([0]),
      ])
  }

  @Test(arguments: ["job.yaml", "job2.yaml"])
  func choicesAreTemplates(file: String) throws {
    let folder = "14-choices-are-templates"
    let row = try task("piqa", "\(folder)/\(file)").row(rows(folder + "/rows.jsonl")[0])
    #expect(row.choices == ["turn the lid", "hit the jar"])
    #expect(row.gold == .choices([0]))
  }

  @Test func keysOfTheHarness() throws {
    let task = try task("gsm8k", "16-lm-eval-yaml-keys/gsm8k-like.yaml")
    #expect(task.generation?.until == ["\n\n", "Problem:"])
    #expect(task.metrics.map(\.name) == ["exact_match"])
    #expect(
      task.metrics[0].options["regexes_to_ignore"] == .array([",", "\\$", "(?s).*#### "]))
    #expect(task.version == "1.0" && task.fewShot.count == 0)
  }

  @Test func choicesAfterAChatsTurn() throws {
    let task = try task("t", "21-choices-after-a-chat-turn/job.yaml")
    #expect(task.outputType == .multipleChoice)
    let context = TaskContext.messages(
      [TaskMessage(role: "user", content: "Is it?")], continuesLast: false)
    let row = try task.row(["messages": .array([]), "y": "yes"], context: context)
    #expect(
      row.requests == [
        .logLikelihood(context, continuation: "yes"), .logLikelihood(context, continuation: "no"),
      ])
    #expect(row.gold == .choices([0]))
  }
}
