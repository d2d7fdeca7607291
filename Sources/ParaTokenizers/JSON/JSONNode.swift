/// A JSON value that knows where it stands, so that every refusal names the file and the key.
struct JSONNode {
  let value: JSONValue
  let file: String
  /// The way from the root, as in `model.merges[3]`; empty at the root.
  let path: String

  init(_ value: JSONValue, file: String, path: String = "") {
    self.value = value
    self.file = file
    self.path = path
  }

  var isNull: Bool { if case .null = value { true } else { false } }

  func malformed(_ message: String) -> TokenizerError {
    TokenizerError(.malformed, message, file: file, location: path.isEmpty ? nil : path)
  }

  func unsupported(_ message: String) -> TokenizerError {
    TokenizerError(.unsupported, message, file: file, location: path.isEmpty ? nil : path)
  }

  private func mismatch(_ expected: String) -> TokenizerError {
    malformed("expected \(expected), found \(value.kind)")
  }

  func members() throws -> [JSONMember] {
    guard case .object(let members) = value else { throw mismatch("an object") }
    return members
  }

  func elements() throws -> [JSONNode] {
    guard case .array(let elements) = value else { throw mismatch("an array") }
    return elements.enumerated().map {
      JSONNode($0.element, file: file, path: "\(path)[\($0.offset)]")
    }
  }

  func string() throws -> String {
    guard case .string(let string) = value else { throw mismatch("a string") }
    return string
  }

  func bool() throws -> Bool {
    guard case .bool(let bool) = value else { throw mismatch("true or false") }
    return bool
  }

  func double() throws -> Double {
    guard case .number(let number) = value else { throw mismatch("a number") }
    return number
  }

  func int() throws -> Int {
    guard let int = Int(exactly: try double()) else { throw mismatch("a whole number") }
    return int
  }

  func count() throws -> Int {
    let count = try int()
    guard count >= 0 else { throw malformed("expected a number that is not negative") }
    return count
  }

  func tokenID() throws -> TokenID {
    let id = try int()
    guard let id = TokenID(exactly: id), id >= 0, id <= Vocabulary.maximumID else {
      throw malformed("the token id \(id) is not between 0 and \(Vocabulary.maximumID)")
    }
    return id
  }
}
