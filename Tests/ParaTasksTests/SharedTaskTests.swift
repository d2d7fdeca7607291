import Foundation
import ParaJSON
import ParaJinja
import ParaTestSupport
import Testing

@testable import ParaTasks

/// Task files of lm-evaluation-harness against what its release 0.4.13 makes of them.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared, which is not beside this checkout"))
struct SharedTaskTests {
  @Test func everyTaskWithoutPythonIsTaken() {
    let checks = TaskLibrary().checks(SharedRun.folder.appending(path: "tasks").path)
      .filter { $0.kind == .task }
    #expect(checks.count == 181)
    for check in checks {
      // The files' own words say which of them call Python, themselves or by an include.
      let isPython = check.errors.contains {
        $0.code == .needsPython || $0.message.contains("Python")
      }
      #expect(check.errors.isEmpty != isPython, "\(check.name): \(check.errors)")
    }
    #expect(checks.filter(\.errors.isEmpty).count == 136)
  }

  @Test(arguments: SharedRun.all)
  func rendered(run: SharedRun) throws {
    let task = try run.task()
    let rows = try run.documents()
    try #require(rows.count == run.list("rendered").count && !rows.isEmpty)
    for (row, expected) in zip(rows, try run.list("rendered")) {
      let document = TaskDocument(row)
      let place: Comment = "\(run) \(expected)"
      guard case .object(let expected) = expected else { throw Unexpected() }
      #expect(try task.format.question(of: document) == question(expected["text"]), place)
      #expect(try same(task.format.target(of: document), expected["target"]), place)
      let choices = try task.format.choices(of: document)
      #expect(choices.map { .array($0.map(JSONValue.string)) } == expected["choices"], place)
      #expect(
        try task.format.genPrefix(of: document).map(JSONValue.string) == expected["gen_prefix"],
        place)
    }
  }

  private func question(_ expected: JSONValue?) throws -> TaskFormat.Question {
    switch expected {
    case .integer(let index)?: .choice(Int(index))
    case .string(let text)?: .text(text)
    default: throw Unexpected()
    }
  }

  private func same(_ value: JinjaValue, _ expected: JSONValue?) throws -> Bool {
    guard let expected else { return false }
    let template = try JinjaTemplate("{{ a == b }} {{ a }}", .task)
    let text = try template.render(["a": value, "b": JinjaValue(expected)])
    return try text == "True " + JinjaTemplate("{{ b }}", .task).render(["b": JinjaValue(expected)])
  }

  @Test(arguments: SharedRun.all)
  func examples(run: SharedRun) throws {
    guard run.exampleCount > 0 else { return }
    let drawn = try run.drawn(run.task())
    let expected = try run.list("fewshot_rows").map { row in
      guard case .array(let indices) = row else { throw Unexpected() }
      return indices.compactMap(\.intValue)
    }
    #expect(drawn == expected)
  }

  @Test(arguments: SharedRun.all)
  func requests(run: SharedRun) throws {
    let task = try run.task()
    let sampler = run.sampler(task)
    let rows = try zip(run.documents(), run.drawn(task)).map { document, drawn in
      try task.row(
        document, examples: drawn.map { try task.example(sampler.pool[$0]) }, options: run.options)
    }
    let requests = rows.flatMap(\.requests)
    let expected = try run.list("requests")
    #expect(requests.count == expected.count)
    for (request, expected) in zip(requests, expected) {
      guard case .object(let expected) = expected else { throw Unexpected() }
      let place: Comment = "\(run) \(expected)"
      switch request {
      case .logLikelihood(let context, let continuation):
        #expect(try .string(run.text(context)) == expected["context"], place)
        #expect(.string(continuation) == expected["continuation"], place)
      case .unconditional(let continuation):
        #expect(expected["context"] == "", place)
        #expect(.string(continuation) == expected["continuation"], place)
      case .generate(let context):
        #expect(try .string(run.text(context)) == expected["context"], place)
        guard case .object(let settings)? = expected["gen_kwargs"] else { throw Unexpected() }
        #expect(task.generation?.settings.equalsInPython(settings) == true, place)
      case .rolling(let text): #expect(.string(text) == expected["text"], place)
      }
    }
  }
}

struct Unexpected: Error {}
