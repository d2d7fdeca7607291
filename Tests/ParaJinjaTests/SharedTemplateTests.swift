import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaJinja

/// Real chat templates and one-feature cases against what transformers 5.24 and jinja2 3.1.6 make of them.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared, which is not beside this checkout"))
struct SharedTemplateTests {
  private static let folder = SharedData.url("chat-templates")

  @Test(arguments: ["expected", "expected-more"])
  func chatTemplates(name: String) throws {
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.folder.appending(path: name), includingPropertiesForKeys: nil)
    for file in files.sorted(by: { $0.path < $1.path }) where file.pathExtension == "json" {
      let golden = try object(at: file)
      let templateFile = Self.folder.appending(path: try string(golden["template_file"]))
      let template = try JinjaTemplate(
        String(decoding: Data(contentsOf: templateFile), as: UTF8.self), .chat)
      for case .object(let item) in try array(golden["cases"]) {
        // Ending in the middle of a message is not the template's doing but its caller's.
        if case .bool(true)? = item["continue_final_message"] { continue }
        try check(template, item, variables(of: item, in: golden), golden)
      }
    }
  }

  private func check(
    _ template: JinjaTemplate, _ item: JSONObject, _ variables: [String: JinjaValue],
    _ golden: JSONObject
  ) throws {
    let place: Comment = "\(golden["template_file"] ?? .null) \(item["name"] ?? .null)"
    if case .string(let expected)? = item["expected"] {
      let found = try template.render(variables)
      #expect(found.utf8.elementsEqual(expected.utf8), place)
      return
    }
    let error = #expect(throws: JinjaError.self, place) { try template.render(variables) }
    guard case .object(let expected)? = item["error"],
      case .bool(true)? = expected["raised_by_template"]
    else { return }
    #expect(error?.code == .raised, place)
    #expect(error?.message == (try string(expected["message"])), place)
  }

  /// What transformers gives a template.
  private func variables(of item: JSONObject, in golden: JSONObject) throws -> [String: JinjaValue]
  {
    let now = try Date(string(golden["now"]) + "Z", strategy: .iso8601)
    var variables = ChatFunctions.functions(now: now)
    let messages = try array(item["messages"]).map { message -> JSONValue in
      guard case .object(let fields) = message else { return message }
      return .object(fields.filter { $0 != .null })
    }
    variables["messages"] = JinjaValue(.array(messages))
    variables["tools"] = JinjaValue.none
    variables["documents"] = JinjaValue.none
    variables["add_generation_prompt"] = JinjaValue(item["add_generation_prompt"] ?? .bool(false))
    for name in ["bos_token", "eos_token"] {
      if case .string(let token)? = golden[name] { variables[name] = .string(token) }
    }
    if case .object(let more)? = item["template_kwargs"] {
      for member in more.members { variables[member.key] = JinjaValue(member.value) }
    }
    return variables
  }

  /// Texts that are safe for HTML are no type of their own here, so that none is `escaped`.
  private static let differing = "tests: is escaped"

  @Test(arguments: [
    "unit/huggingface.js-templates.json", "unit/llama.cpp-test-jinja.json",
    "golden/huggingface.js-e2e.json", "golden/llama.cpp-test-chat-template.json",
  ])
  func otherProjectsCases(path: String) throws {
    let golden = try object(at: Self.folder.appending(path: path))
    for case .object(let item) in try array(golden["cases"])
    where item["name"] != .string(Self.differing) {
      for (key, options) in [("chat", JinjaOptions.chat), ("lm_eval", .task)] {
        guard case .object(let result)? = item[key] else { continue }
        var variables = ChatFunctions.functions(
          now: try Date("2026-01-05T09:07:03Z", strategy: .iso8601))
        if key == "lm_eval" { variables = [:] }
        guard case .object(let context)? = item["context"] else { continue }
        for member in context.members { variables[member.key] = JinjaValue(member.value) }
        let text = try string(item["template"])
        let place: Comment = "\(item["name"] ?? .null) \(key)"
        if case .string(let expected)? = result["expected"] {
          let found = try JinjaTemplate(text, options).render(variables)
          #expect(found.utf8.elementsEqual(expected.utf8), place)
        } else {
          #expect(throws: JinjaError.self, place) {
            try JinjaTemplate(text, options).render(variables)
          }
        }
      }
    }
  }
}

func object(at file: URL) throws -> JSONObject {
  let data = try Data(contentsOf: file)
  let value = try data.withUnsafeBytes { try JSONParser.parse($0, duplicateKeys: .kept) }
  guard case .object(let object) = value else { throw Malformed() }
  return object
}

func array(_ value: JSONValue?) throws -> [JSONValue] {
  guard case .array(let elements)? = value else { throw Malformed() }
  return elements
}

func string(_ value: JSONValue?) throws -> String {
  guard case .string(let text)? = value else { throw Malformed() }
  return text
}

private struct Malformed: Error {}
