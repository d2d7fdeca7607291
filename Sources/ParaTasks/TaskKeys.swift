import Foundation

/// The keys of a task or group: a file's with those of the files that it includes, a mapping within a group,
/// or one within a job file. Each value keeps the file and line that it stands in.
package struct TaskKeys: Sendable {
  /// Where it stands, for what concerns no key in particular.
  package let node: YAMLNode
  private(set) var entries: [Entry] = []

  package struct Entry: Sendable {
    package let name: String
    package let key: YAMLNode
    package let value: YAMLNode
  }

  /// The keys of one mapping; `include` is left as it is.
  package init(_ node: YAMLNode) throws(TaskError) {
    self.node = node
    for (key, value) in try node.entries() {
      entries.append(Entry(name: try key.name(), key: key, value: value))
    }
  }

  private init(_ node: YAMLNode, _ entries: [Entry]) {
    self.node = node
    self.entries = entries
  }

  /// The value of a key; nil if it is absent.
  package func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

  /// The value of a key; nil if it is absent or null.
  package subscript(name: String) -> YAMLNode? {
    entry(name).flatMap { $0.value.isNull ? nil : $0.value }
  }

  /// These keys with others on top, which win.
  func overridden(by others: [Entry]) -> TaskKeys {
    let names = Set(others.map(\.name))
    return TaskKeys(node, entries.filter { !names.contains($0.name) } + others)
  }

  func without(_ names: Set<String>) -> TaskKeys {
    TaskKeys(node, entries.filter { !names.contains($0.name) })
  }
}

/// Reads task files, each once, with their includes.
final class TaskFileReader {
  private var known: [String: Result<TaskKeys, TaskError>] = [:]

  /// The keys of a file over those of its includes: later includes win over earlier ones, and the file over
  /// all.
  ///
  /// - Parameter path: As messages name it; relative to the current folder.
  func keys(of path: String) throws(TaskError) -> TaskKeys {
    try keys(of: path, includedBy: [])
  }

  private func keys(of path: String, includedBy chain: [String]) throws(TaskError) -> TaskKeys {
    let identity = URL(filePath: path).standardizedFileURL.path
    if let result = known[identity] { return try result.get() }
    let result = Result { () throws(TaskError) in try read(path, chain + [identity]) }
    known[identity] = result
    return try result.get()
  }

  private func read(_ path: String, _ chain: [String]) throws(TaskError) -> TaskKeys {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TaskError(.unreadable, file: path, "the file cannot be read.")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw TaskError(.unreadable, file: path, "the file is not UTF-8.")
    }
    let own = try TaskKeys(try YAMLNode(parsing: text, file: path))
    guard let includes = own["include"] else { return own.without(["include"]) }
    var merged: [TaskKeys.Entry] = []
    for include in try includes.oneOrMore() {
      let name = try include.name()
      let file = name.hasPrefix("/") ? name : Self.folder(of: path) + name
      guard !chain.contains(URL(filePath: file).standardizedFileURL.path) else {
        throw include.wrongValue("includes \(file), which includes this file")
      }
      guard FileManager.default.fileExists(atPath: file) else {
        throw include.wrongValue("names \(file), which is not there")
      }
      let entries = try keys(of: file, includedBy: chain).without(["task_list"]).entries
      let names = Set(entries.map(\.name))
      merged.removeAll { names.contains($0.name) }
      merged += entries
    }
    return own.without(["include"]).overriding(merged)
  }

  /// The folder's path with its slash; empty for the current folder.
  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }
}

extension TaskKeys {
  /// These keys on top of others.
  fileprivate func overriding(_ others: [Entry]) -> TaskKeys {
    let own = Set(entries.map(\.name))
    return TaskKeys(node, others.filter { !own.contains($0.name) } + entries)
  }
}
