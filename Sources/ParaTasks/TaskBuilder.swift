import ParaJSON

/// Makes tasks and groups of what an index holds, with the keys that groups lay over their members.
struct TaskBuilder {
  private static let groupKeys: Set = [
    "group", "group_alias", "task", "aggregate_metric_list", "metadata",
  ]

  let library: TaskLibrary
  /// Where names are looked up that the library does not know; nil: nowhere.
  let home: String?
  /// The groups around the one that is built.
  private var outer: [String] = []

  init(library: TaskLibrary, home: String?) {
    self.library = library
    self.home = home
  }

  func members(
    of entry: TaskIndex.Entry, overrides: [TaskKeys.Entry] = []
  ) throws(TaskErrors) -> [TaskMember] {
    switch entry {
    case .task(let keys): return [.task(try task(keys, overrides))]
    case .group(let keys):
      let name = try catching { () throws(TaskError) in try keys["group"]?.name() ?? "" }
      return [.group(try group(keys, name: name, overrides))]
    case .tag(let names):
      return try collect(names) { name throws(TaskErrors) in
        try library.entry(name, near: home).map { entry throws(TaskErrors) in
          try members(of: entry, overrides: overrides)
        } ?? []
      }
    }
  }

  private func task(
    _ keys: TaskKeys, _ overrides: [TaskKeys.Entry], name: String? = nil
  ) throws(TaskErrors) -> TaskDefinition {
    let overrides = overrides.filter { $0.name != "task" && $0.name != "tag" }
    return try TaskDefinition(keys.overridden(by: overrides), name: name)
  }

  private func group(
    _ keys: TaskKeys, name: String, _ overrides: [TaskKeys.Entry]
  ) throws(TaskErrors) -> TaskGroup {
    guard !outer.contains(name), let list = keys["task"] else {
      throw TaskErrors(errors: [
        keys.node.error(
          .wrongValue,
          outer.contains(name)
            ? "the group '\(name)' is within itself." : "the group '\(name)' needs the key 'task'.")
      ])
    }
    // What is no key of a group holds for its tasks; outer groups win.
    let names = Set(overrides.map(\.name))
    let own = keys.entries.filter { !Self.groupKeys.contains($0.name) && !names.contains($0.name) }
    var inner = self
    inner.outer.append(name)
    let items = try catching { () throws(TaskError) in try list.oneOrMore() }
    let members = try collect(items) { item throws(TaskErrors) in
      try inner.members(of: item, in: name, own + overrides)
    }
    return try catching { () throws(TaskError) in
      TaskGroup(
        name: name, alias: try keys["group_alias"]?.text(),
        version: TaskReader.version(keys["metadata"]), members: members,
        aggregations: try keys["aggregate_metric_list"].map { node throws(TaskError) in
          try TaskGroup.Aggregation.list(node)
        } ?? [])
    }
  }

  /// A member of a group: a name, a name with keys of its own, or a task or group that stands there whole.
  private func members(
    of item: YAMLNode, in group: String, _ overrides: [TaskKeys.Entry]
  ) throws(TaskErrors) -> [TaskMember] {
    if item.isScalar {
      let name = try catching { () throws(TaskError) in try item.name() }
      guard let entry = library.entry(name, near: home) else { throw unknown(name, item) }
      return try members(of: entry, overrides: overrides)
    }
    let keys = try catching { () throws(TaskError) in try TaskKeys(item) }
    let names = Set(keys.entries.map(\.name))
    let all = overrides.filter { !names.contains($0.name) } + keys.entries
    guard let name = keys.declaredName else {
      throw TaskErrors(errors: [item.error(.missingKey, "\(item.what) needs 'task' or 'group'.")])
    }
    if let entry = library.entry(name, near: home) {
      return try members(of: entry, overrides: all.filter { !Self.groupKeys.contains($0.name) })
    }
    if keys.isGroup { return [.group(try self.group(keys, name: "\(group)::\(name)", overrides))] }
    // A bare name with few keys is a misspelt reference rather than a whole task.
    guard all.contains(where: { $0.name == "doc_to_text" }) else { throw unknown(name, item) }
    return [.task(try task(keys.overridden(by: all), [], name: "\(group)::\(name)"))]
  }

  private func unknown(_ name: String, _ item: YAMLNode) -> TaskErrors {
    TaskErrors(errors: [
      item.error(
        .unknownName,
        "there is no task, group or tag '\(name)'.\(library.hint(name, near: home))")
    ])
  }

  /// The members of several elements, or all their errors.
  private func collect<Element>(
    _ elements: [Element], _ body: (Element) throws(TaskErrors) -> [TaskMember]
  ) throws(TaskErrors) -> [TaskMember] {
    var members: [TaskMember] = []
    var errors: [TaskError] = []
    for element in elements {
      do throws(TaskErrors) {
        members += try body(element)
      } catch {
        errors += error.errors.filter { !errors.contains($0) }
      }
    }
    guard errors.isEmpty else { throw TaskErrors(errors: errors) }
    return members
  }
}
