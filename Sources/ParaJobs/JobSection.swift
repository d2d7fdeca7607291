import ParaJSON

/// A mapping of the job file whose keys are the cases of `Key`.
struct JobSection<Key: RawRepresentable & CaseIterable & Hashable> where Key.RawValue == String {
  let node: JobNode
  private let values: [Key: JobNode]

  /// - Throws: ``JobError`` for the first key that is not a case of `Key`.
  init(_ node: JobNode) throws {
    self.node = node
    var values: [Key: JobNode] = [:]
    for (name, value) in try node.entries() {
      guard let key = Key(rawValue: try name.string()) else {
        throw name.error(node.unknownKey(try name.string(), known: Key.allCases.map(\.rawValue)))
      }
      values[key] = value.isNull ? nil : value
    }
    self.values = values
  }

  /// The key's value; nil if it is absent or empty.
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
}

extension JobNode {
  /// The error for a key of this mapping that is none of `known`.
  func unknownKey(_ key: String, known: [String]) -> JobError {
    let hint = SpellingHint.sentence(for: key, among: known)
    return error(
      .unknownKey,
      "\(what) has no key '\(key)'.\(hint) Its keys are \(known.joined(separator: ", ")).")
  }

  /// An error at this node's line.
  func error(_ error: JobError) -> JobError {
    JobError(code: error.code, file: file, line: line, message: error.message)
  }
}
