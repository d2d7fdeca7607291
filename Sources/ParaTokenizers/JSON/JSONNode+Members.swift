extension JSONNode {
  /// The member of that name; an absent one and `null` are both nil.
  func member(_ key: String) throws -> JSONNode? {
    guard let member = try members().first(where: { $0.key == key }) else { return nil }
    let node = JSONNode(member.value, file: file, path: path.isEmpty ? key : "\(path).\(key)")
    return node.isNull ? nil : node
  }

  func required(_ key: String) throws -> JSONNode {
    guard let node = try member(key) else { throw malformed("the key \"\(key)\" is missing") }
    return node
  }

  /// The member `type`, which names the kind of every part of a `tokenizer.json`.
  func type() throws -> String { try required("type").string() }

  func bool(_ key: String, default fallback: Bool) throws -> Bool {
    try member(key)?.bool() ?? fallback
  }

  /// Refuses every member that is not named here: a setting that is silently passed over would
  /// give other tokens than the model was trained on.
  func allowOnly(_ keys: String...) throws {
    for member in try members() where !keys.contains(member.key) {
      throw unsupported("the key \"\(member.key)\" is not known here")
    }
  }
}
