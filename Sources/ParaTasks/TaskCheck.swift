import Foundation

/// Whether a task file's task or group runs, and why not.
package struct TaskCheck: Sendable {
  package enum Kind: String, Sendable {
    case task, group
    /// A file without a name, for others to include.
    case base
  }

  package let file: String
  package let kind: Kind
  /// The name that the file declares; its path where there is none.
  package let name: String
  /// Empty: it runs.
  package let errors: [TaskError]
  /// Nil for groups, bases and what does not run.
  package let task: TaskDefinition?
}

extension TaskLibrary {
  /// Checks a task file, or every one of a folder, each by itself: names in groups are looked up in the
  /// library's folders and in this folder.
  package func checks(_ path: String) -> [TaskCheck] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else {
      let home = TaskFileReader.folder(of: path)
      return [check(path, Result { () throws(TaskError) in try keys(of: path) }, home)]
    }
    return index(of: path).files.map { check($0.path, $0.keys, path) }
  }

  private func check(
    _ file: String, _ result: Result<TaskKeys, TaskError>, _ home: String
  ) -> TaskCheck {
    let keys: TaskKeys
    switch result {
    case .success(let success): keys = success
    case .failure(let error):
      return TaskCheck(file: file, kind: .task, name: file, errors: [error], task: nil)
    }
    guard let name = keys.declaredName ?? (keys["class"] == nil ? nil : file) else {
      return TaskCheck(file: file, kind: .base, name: file, errors: [], task: nil)
    }
    let kind: TaskCheck.Kind = keys.isGroup ? .group : .task
    do throws(TaskErrors) {
      let members = try TaskBuilder(library: self, home: home)
        .members(of: keys.isGroup ? .group(keys) : .task(keys))
      let task = keys.isGroup ? nil : members.first?.tasks.first
      return TaskCheck(file: file, kind: kind, name: name, errors: [], task: task)
    } catch {
      return TaskCheck(file: file, kind: kind, name: name, errors: error.errors, task: nil)
    }
  }
}
