import Foundation
import ParaJSON
import ParaJinja
import ParaTestSupport

@testable import ParaTasks

/// A run of lm-evaluation-harness over a task file with made-up model outputs.
struct SharedRun: Sendable, CustomStringConvertible {
  static let folder = SharedData.url("lm-eval-tasks")

  let description: String
  let fields: JSONObject

  /// Every run, those of a group's tasks among them.
  static let all: [SharedRun] = (try? load()) ?? []

  private static func load() throws -> [SharedRun] {
    let files = try FileManager.default.contentsOfDirectory(
      at: folder.appending(path: "expected"), includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
      .flatMap { file -> [SharedRun] in
        let name = file.deletingPathExtension().lastPathComponent
        let run = SharedRun(description: name, fields: try object(Data(contentsOf: file)))
        guard run.fields["tasks"] != nil else { return [run] }
        return try run.list("tasks").map { task in
          guard case .object(let fields) = task else { throw Unexpected() }
          return SharedRun(description: "\(name) \(fields["task"] ?? .null)", fields: fields)
        }
      }
  }

  private static func object(_ data: Data) throws -> JSONObject {
    let value = try data.withUnsafeBytes { try JSONParser.parse($0, duplicateKeys: .kept) }
    guard case .object(let object) = value else { throw Unexpected() }
    return object
  }

  func list(_ key: String) throws -> [JSONValue] {
    guard case .array(let elements)? = fields[key] else { throw Unexpected() }
    return elements
  }

  private func text(_ key: String) -> String? {
    if case .string(let text)? = fields[key] { text } else { nil }
  }

  func task() throws -> TaskDefinition {
    let path = Self.folder.appending(path: text("yaml") ?? "").path
    guard case .task(let task)? = try TaskLibrary().members(path).first else { throw Unexpected() }
    return task
  }

  func documents(_ key: String = "docs") throws -> [JSONObject] {
    guard let path = text(key), path.hasSuffix(".jsonl") else { return [] }
    let data = try Data(contentsOf: Self.folder.appending(path: path))
    return try data.split(separator: UInt8(ascii: "\n")).prefix(
      key == "docs" ? documentCount : .max
    )
    .map(Self.object)
  }

  private var documentCount: Int { (try? list("rendered").count) ?? 0 }
  var exampleCount: Int { fields["num_fewshot"]?.intValue ?? 0 }

  func sampler(_ task: TaskDefinition) -> FewShotSampler {
    FewShotSampler(
      task.fewShot, count: task.fewShot.count(asked: exampleCount),
      pool: (try? documents("fewshot_docs")) ?? [], seed: fields["fewshot_seed"]?.intValue ?? 0)
  }

  /// The examples' places in the pool, of each row.
  func drawn(_ task: TaskDefinition) throws -> [[Int]] {
    var sampler = sampler(task)
    return try documents().map { try sampler.examples(for: $0) }
  }

  var options: TaskPromptOptions {
    var options = TaskPromptOptions(systemInstruction: text("system_instruction"))
    if text("chat_template") != nil {
      options.chat =
        fields["fewshot_as_multiturn"] == .bool(true) ? .multipleTurns : .singleTurn
    }
    return options
  }

  /// A context as the model's chat template writes it.
  func text(_ context: TaskContext) throws -> String {
    guard case .messages(let messages, let continuesLast) = context else {
      guard case .text(let text) = context else { throw Unexpected() }
      return text
    }
    let file = SharedData.url("chat-templates/templates/SmolLM2-135M-Instruct.jinja")
    let template = try JinjaTemplate(
      String(decoding: Data(contentsOf: file), as: UTF8.self), .chat)
    let list = JSONValue.array(
      messages.map { .object(["role": .string($0.role), "content": .string($0.content)]) })
    let text = try template.render([
      "messages": JinjaValue(list), "add_generation_prompt": .boolean(!continuesLast),
    ])
    guard continuesLast, let last = messages.last?.content,
      let end = text.range(of: last, options: .backwards)?.upperBound
    else { return text }
    return String(text[..<end])
  }
}
