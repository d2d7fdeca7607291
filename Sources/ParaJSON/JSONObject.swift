/// The members of a JSON object, in the order of the text.
///
/// Keys are compared byte by byte. Swift compares strings by canonical equivalence, which takes `é` and
/// `e` + U+0301 for one key: a vocabulary that holds both would lose one of them.
///
/// Members are a list that look-ups search, which for the few keys of a record or a configuration is
/// faster than a hash table; iterate over `members` of larger objects.
public struct JSONObject: Sendable, Hashable {
  public private(set) var members: [JSONMember]

  public init() { members = [] }

  /// - Parameter members: Where keys repeat, look-ups find the first.
  package init(members: [JSONMember]) { self.members = members }

  public var isEmpty: Bool { members.isEmpty }
  public var count: Int { members.count }
  public var keys: [String] { members.map(\.key) }

  /// The value under a key. Setting one that is new appends a member, and setting nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { index(of: key).map { members[$0].value } }
    set {
      switch (index(of: key), newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(JSONMember(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  /// Appends the members of `other` whose keys are not here yet.
  package mutating func appendMissing(from other: JSONObject) {
    for member in other.members where index(of: member.key) == nil { members.append(member) }
  }

  /// The members whose values satisfy a predicate.
  package func filter(_ isIncluded: (JSONValue) -> Bool) -> JSONObject {
    JSONObject(members: members.filter { isIncluded($0.value) })
  }

  private func index(of key: String) -> Int? {
    members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
  }
}

/// One `"key": value` of a JSON object.
public struct JSONMember: Sendable, Hashable {
  public let key: String
  public var value: JSONValue

  public init(key: String, value: JSONValue) {
    self.key = key
    self.value = value
  }

  public static func == (left: JSONMember, right: JSONMember) -> Bool {
    left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Traps where keys repeat.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init()
    for (key, value) in elements {
      precondition(self[key] == nil, "the key \(key) occurs twice")
      self[key] = value
    }
  }
}

extension JSONObject: CustomStringConvertible {
  /// The object as JSON text on one line; see ``JSONValue/description``.
  public var description: String {
    "{" + members.map { "\($0.key.quotedAsJSON): \($0.value)" }.joined(separator: ", ") + "}"
  }
}
