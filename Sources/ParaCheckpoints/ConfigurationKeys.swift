import Foundation
import ParaJSON
import ParaTensors

/// The keys of a model folder's JSON file, or of an object in it: typed reading, with errors that name the
/// file and the key.
///
/// A key that the file lacks takes the family's default; one that it sets to null does not.
struct ConfigurationKeys {
  let url: URL
  /// The key of the object in the file; empty for the file itself.
  let path: String
  private var values: JSONObject

  init(_ url: URL) throws {
    self.url = url
    path = ""
    values = try JSONFile.object(url)
  }

  private init(_ url: URL, path: String, _ values: JSONObject) {
    self.url = url
    self.path = path
    self.values = values
  }

  mutating func add(defaults: JSONObject) { values.appendMissing(from: defaults) }

  /// What `architectures`, else `model_type`, names; nil if neither says anything.
  func architecture() throws -> String? {
    if has("architectures"), let name = try texts("architectures").first { return name }
    return has("model_type") ? try text("model_type") : nil
  }

  /// True if the key has a value that is not null.
  func has(_ key: String) -> Bool { (values[key] ?? .null) != .null }

  /// True if the key has a value that asks for something: neither null nor false.
  func asks(for key: String) -> Bool { has(key) && values[key] != .bool(false) }

  // MARK: Values by type

  func integer(_ key: String) throws -> Int { try value(key, \.intValue) }
  /// Null is false, as in Python.
  func flag(_ key: String) throws -> Bool { try value(key) { $0 == .null ? false : $0.bool } }
  func text(_ key: String) throws -> String { try value(key, \.string) }
  func texts(_ key: String) throws -> [String] { try list(key, \.string) }
  func integers(_ key: String) throws -> [Int] { try list(key, \.intValue) }

  /// Nil if the key is absent or null.
  func optionalInteger(_ key: String) throws -> Int? { has(key) ? try integer(key) : nil }

  func positiveInteger(_ key: String) throws -> Int {
    let number = try integer(key)
    guard number > 0 else { throw malformed("has \(name(key)) \(number), which must be above 0.") }
    return number
  }

  /// A finite number above 0.
  func positive(_ key: String) throws -> Double {
    let number = try value(key, \.doubleValue)
    guard number > 0, number < .infinity else {
      throw malformed("has \(name(key)) \(number), which must be above 0.")
    }
    return number
  }

  func positives(_ key: String) throws -> [Double] {
    let numbers = try list(key, \.doubleValue)
    if let number = numbers.first(where: { !($0 > 0 && $0 < .infinity) }) {
      throw malformed("has \(number) in \(name(key)), which must all be above 0.")
    }
    return numbers
  }

  /// A token or a list of tokens; none if the key is absent or null.
  func tokens(_ key: String) throws -> [Int32] {
    guard has(key) else { return [] }
    let token = { (value: JSONValue) in value.intValue.flatMap { Int32(exactly: $0) } }
    return try value(key) { found in token(found).map { [$0] } ?? Self.list(found, token) }
  }

  /// An object whose values are all texts.
  func textMap(_ key: String) throws -> [(key: String, text: String)] {
    try value(key) { found in
      let members = found.object?.members
      let texts = members?.compactMap { member in member.value.string.map { (member.key, $0) } }
      return texts?.count == members?.count ? texts : nil
    }
  }

  /// The object under a key; nil if the key is absent or null.
  func object(_ key: String) throws -> ConfigurationKeys? {
    guard has(key) else { return nil }
    return ConfigurationKeys(url, path: name(key), try value(key, \.object))
  }

  func activation(_ key: String) throws -> GatedActivation {
    switch try text(key) {
    case "silu": return .silu
    case "gelu": return .gelu
    case "gelu_pytorch_tanh": return .geluTanh
    case let name:
      throw unsupported(
        "has \(self.name(key)) \(name); silu, gelu and gelu_pytorch_tanh are supported.")
    }
  }

  private func value<Value>(_ key: String, _ read: (JSONValue) -> Value?) throws -> Value {
    guard let found = values[key] else { throw malformed("lacks the key \(name(key)).") }
    guard let value = read(found) else {
      throw malformed("has a value of the wrong type at \(name(key)).")
    }
    return value
  }

  private func list<Value>(_ key: String, _ read: (JSONValue) -> Value?) throws -> [Value] {
    try value(key) { Self.list($0, read) }
  }

  /// Nil if the value is no list, or one of its elements cannot be read.
  private static func list<Value>(
    _ found: JSONValue, _ read: (JSONValue) -> Value?
  ) -> [Value]? {
    guard let elements = found.array else { return nil }
    let values = elements.compactMap(read)
    return values.count == elements.count ? values : nil
  }

  // MARK: Errors

  /// The key with the path to it.
  func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func malformed(_ message: String) -> CheckpointError { CheckpointError(.malformed, url, message) }

  func unsupported(_ message: String) -> CheckpointError {
    CheckpointError(.unsupported, url, message)
  }
}

extension JSONValue {
  fileprivate var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var array: [JSONValue]? { if case .array(let list) = self { list } else { nil } }
  fileprivate var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
}
