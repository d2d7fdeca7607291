import Foundation
import ParaJSON

/// Finds tasks, groups and tags: files and folders by path, names in folders of task files.
package final class TaskLibrary {
  private let folders: [String]
  private let reader = TaskFileReader()
  private var indices: [String: TaskIndex] = [:]

  /// - Parameter folders: Where names are looked up; a name in a later one counts before an earlier one.
  package init(folders: [String] = []) { self.folders = folders }

  /// What a path or a name stands for. A tag and a folder are several members, without the tasks and groups
  /// that are within others.
  ///
  /// - Parameters:
  ///   - spec: A task file, a folder of them, or the name of a task, group or tag.
  ///   - folder: Where paths count from.
  /// - Throws: ``TaskErrors`` with all that is wrong in any of its tasks.
  package func members(
    _ spec: String, relativeTo folder: String = ""
  ) throws(TaskErrors) -> [TaskMember] {
    if !spec.hasSuffix(".yaml"), let entry = entry(spec, near: nil) {
      return try TaskBuilder(library: self, home: nil).members(of: entry)
    }
    let path = spec.hasPrefix("/") || folder.isEmpty ? spec : "\(folder)/\(spec)"
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TaskErrors(errors: [
        TaskError(
          .unknownName, file: spec,
          "there is no such file or folder, and no task, group or tag of that name.\(hint(spec))")
      ])
    }
    if isFolder.boolValue { return try members(inFolder: path) }
    return try TaskBuilder(library: self, home: TaskFileReader.folder(of: path))
      .members(of: try entry(inFile: path))
  }

  private func members(inFolder folder: String) throws(TaskErrors) -> [TaskMember] {
    let builder = TaskBuilder(library: self, home: folder)
    var members: [TaskMember] = []
    var errors: [TaskError] = []
    for (_, keys) in index(of: folder).files {
      do throws(TaskErrors) {
        let keys = try catching { () throws(TaskError) in try keys.get() }
        guard keys.declaredName != nil || keys["class"] != nil else { continue }
        members += try builder.members(of: keys.isGroup ? .group(keys) : .task(keys))
      } catch {
        errors += error.errors.filter { !errors.contains($0) }
      }
    }
    guard errors.isEmpty else { throw TaskErrors(errors: errors) }
    let inner = members.compactMap { member -> TaskGroup? in
      if case .group(let group) = member { group } else { nil }
    }.flatMap(\.members)
    let within = Set(inner.flatMap { $0.tasks.map(\.name) + $0.groups.map(\.name) })
    return members.filter { !within.contains($0.name) }
  }

  private func entry(inFile path: String) throws(TaskErrors) -> TaskIndex.Entry {
    let keys = try catching { () throws(TaskError) in try self.keys(of: path) }
    return keys.isGroup ? .group(keys) : .task(keys)
  }

  func keys(of path: String) throws(TaskError) -> TaskKeys { try reader.keys(of: path) }

  /// What a name declares, in the library's folders and then in the folder of the group that uses it.
  func entry(_ name: String, near home: String?) -> TaskIndex.Entry? {
    for folder in folders.reversed() + (home.map { [$0] } ?? []) {
      if let entry = index(of: folder).entries[name] { return entry }
    }
    return nil
  }

  func index(of folder: String) -> TaskIndex {
    if let index = indices[folder] { return index }
    let index = TaskIndex(folder: folder, reader)
    indices[folder] = index
    return index
  }

  /// Where a misspelt name may come from.
  func hint(_ name: String, near home: String? = nil) -> String {
    let names = (folders + (home.map { [$0] } ?? [])).flatMap { index(of: $0).entries.keys }
    return SpellingHint.sentence(for: name, among: names.sorted())
  }
}
