import Foundation
import ParaJSON

/// Why a model's chat template cannot be used.
package struct ChatTemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file's path, or the named format.
  package let file: String
  package let message: String

  package init(file: String, message: String) {
    self.file = file
    self.message = message
  }

  package var description: String { "\(file): \(message)" }
}

struct ChatTemplateFile {
  let path: String
  let text: String
}

/// The chat templates of a model folder by name: `chat_template.jinja` (named `default`) and
/// `additional_chat_templates/NAME.jinja`; without these `chat_template` of `tokenizer_config.json`, a text or a list of
/// `{name, template}`.
struct ChatTemplateFiles {
  private let folder: String
  private(set) var templates: [String: ChatTemplateFile] = [:]

  /// Nil if the folder has none.
  init?(_ folder: URL) throws {
    self.folder = folder.path
    try readFiles(folder)
    if templates.isEmpty { try readConfiguration(folder.appending(path: "tokenizer_config.json")) }
    if templates.isEmpty { return nil }
  }

  /// - Throws: `ChatTemplateError` with the names that there are.
  func template(named name: String?) throws -> ChatTemplateFile {
    if let template = templates[name ?? "default"] { return template }
    let names = templates.keys.sorted().joined(separator: ", ")
    throw ChatTemplateError(
      file: folder,
      message: name.map { "there is no chat template named '\($0)'; there are \(names)" }
        ?? "it has several chat templates (\(names)) and no default; name one of them")
  }

  private mutating func readFiles(_ folder: URL) throws {
    let single = folder.appending(path: "chat_template.jinja")
    if FileManager.default.fileExists(atPath: single.path) {
      templates["default"] = try Self.read(single)
    }
    let others = folder.appending(path: "additional_chat_templates")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: others.path)) ?? []
    for name in names where name.hasSuffix(".jinja") {
      templates[String(name.dropLast(6))] = try Self.read(others.appending(path: name))
    }
  }

  private static func read(_ file: URL) throws -> ChatTemplateFile {
    do {
      return ChatTemplateFile(path: file.path, text: try String(contentsOf: file, encoding: .utf8))
    } catch {
      throw ChatTemplateError(
        file: file.path, message: "cannot be read: \(error.localizedDescription)")
    }
  }

  private mutating func readConfiguration(_ file: URL) throws {
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    do {
      let root = try JSONNode(
        parsing: Array(Data(contentsOf: file)), file: file.path, duplicateKeys: .kept)
      guard let node = try root.member("chat_template") else { return }
      switch node.value {
      case .string: try add("default", node)
      case .array:
        for entry in try node.elements() {
          try add(entry.required("name").string(), entry.required("template"))
        }
      default: for (name, template) in try node.members() { try add(name, template) }
      }
    } catch let error as JSONNodeError {
      throw ChatTemplateError(file: error.file, message: error.message)
    }
  }

  private mutating func add(_ name: String, _ node: JSONNode) throws {
    templates[name] = ChatTemplateFile(path: "\(node.file), \(node.path)", text: try node.string())
  }
}
