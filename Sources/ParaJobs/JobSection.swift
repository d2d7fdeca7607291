/// A mapping of the job file whose possible keys are the cases of `Key`.
struct JobSection<Key: RawRepresentable & CaseIterable & Hashable> where Key.RawValue == String {
  let node: JobNode
  private let values: [Key: JobNode]

  /// - Throws: ``JobError`` at the first key that is none of `Key`'s.
  init(_ node: JobNode) throws {
    self.node = node
    var values: [Key: JobNode] = [:]
    for (name, value) in try node.entries() {
      guard let key = Key(rawValue: try name.string()) else {
        throw try Self.unknownKey(name, in: node)
      }
      values[key] = value.isNull ? nil : value
    }
    self.values = values
  }

  /// The key's value; nil if it is absent or left empty.
  subscript(key: Key) -> JobNode? { values[key] }

  func required(_ key: Key) throws -> JobNode {
    guard let value = values[key] else {
      throw node.error(.missingKey, "\(node.what) needs the key '\(key.rawValue)'.")
    }
    return value
  }

  /// The one of several keys that is given, if any.
  ///
  /// - Throws: ``JobError`` when more than one is.
  func only(of keys: [Key]) throws -> Key? {
    let given = keys.filter { values[$0] != nil }
    if given.count > 1 {
      throw node.error(
        .wrongValue, "\(node.what) has '\(given[0].rawValue)' and '\(given[1].rawValue)'; keep one."
      )
    }
    return given.first
  }

  private static func unknownKey(_ name: JobNode, in node: JobNode) throws -> JobError {
    let key = try name.string()
    let known = Key.allCases.map(\.rawValue)
    let hint = SpellingHint.nearest(to: key, among: known).map { " Did you mean '\($0)'?" } ?? ""
    return name.error(
      .unknownKey,
      "\(node.what) has no key '\(key)'.\(hint) Its keys are \(known.joined(separator: ", ")).")
  }
}
