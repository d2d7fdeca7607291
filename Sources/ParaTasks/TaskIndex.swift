import Foundation

/// The task files of a folder and of those within it, by the names that they declare.
struct TaskIndex {
  enum Entry {
    case task(TaskKeys)
    case group(TaskKeys)
    /// The names of the tasks that have the tag, sorted.
    case tag([String])
  }

  /// Every `.yaml` file in the order of paths, with its includes.
  let files: [(path: String, keys: Result<TaskKeys, TaskError>)]
  /// Of files that declare one name the first counts. A name of a task or group is no tag.
  private(set) var entries: [String: Entry] = [:]

  init(folder: String, _ reader: TaskFileReader) {
    files = Self.paths(in: folder).map { path in
      (path, Result { () throws(TaskError) in try reader.keys(of: path) })
    }
    var tags: [String: [String]] = [:]
    for case .success(let keys) in files.map(\.keys) {
      guard let name = keys.declaredName, entries[name] == nil else { continue }
      entries[name] = keys.isGroup ? .group(keys) : .task(keys)
      guard !keys.isGroup else { continue }
      for tag in (try? keys["tag"]?.texts()) ?? [] { tags[tag, default: []].append(name) }
    }
    for (tag, names) in tags where entries[tag] == nil { entries[tag] = .tag(names.sorted()) }
  }

  private static func paths(in folder: String) -> [String] {
    let prefix = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
    let files = FileManager.default.enumerator(atPath: folder.isEmpty ? "." : folder)
    let names = (files?.compactMap { $0 as? String } ?? []).filter { name in
      name.hasSuffix(".yaml")
        && !name.split(separator: "/").contains {
          $0 == "__pycache__" || $0 == ".ipynb_checkpoints"
        }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { prefix + $0 }
  }
}

extension TaskKeys {
  var isGroup: Bool { entry("group") != nil && entry("class") == nil }

  /// The name that it declares; nil for a file that others only include.
  var declaredName: String? {
    (try? self[isGroup ? "group" : "task"]?.name()) ?? nil
  }
}
