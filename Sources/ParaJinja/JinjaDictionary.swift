import BigInt
import OrderedCollections

/// A Python dictionary: keys in the order of their first insertion, equal keys of other types (`1`, `1.0`,
/// `True`) being one.
package final class JinjaDictionary {
  private var storage: OrderedDictionary<Key, JinjaValue> = [:]

  package init() {}

  /// Later pairs win, at the place of the earlier.
  package init(_ pairs: [(JinjaValue, JinjaValue)]) throws {
    for (key, value) in pairs { try set(key, value) }
  }

  package init(strings pairs: [(String, JinjaValue)]) {
    storage.reserveCapacity(pairs.count)
    for (key, value) in pairs { storage[Key(key)] = value }
  }

  package var count: Int { storage.count }
  package var keys: [JinjaValue] { storage.keys.map(\.value) }
  package var values: [JinjaValue] { Array(storage.values) }
  package var items: [JinjaValue] {
    storage.map { .tuple([$0.key.value, $0.value]) }
  }
  package var pairs: [(key: JinjaValue, value: JinjaValue)] {
    storage.map { ($0.key.value, $0.value) }
  }

  package subscript(name: String) -> JinjaValue? { storage[Key(name)] }

  /// - Throws: A `type` error for keys that Python cannot hash.
  package func value(_ key: JinjaValue) throws -> JinjaValue? { storage[try Key(hashing: key)] }

  package func set(_ key: JinjaValue, _ value: JinjaValue) throws {
    storage[try Key(hashing: key)] = value
  }

  package func remove(_ key: JinjaValue) throws -> JinjaValue? {
    storage.removeValue(forKey: try Key(hashing: key))
  }

  package func removeLast() -> (key: JinjaValue, value: JinjaValue)? {
    guard !storage.isEmpty else { return nil }
    let last = storage.removeLast()
    return (last.key.value, last.value)
  }

  package func removeAll() { storage.removeAll() }

  package func copy() -> JinjaDictionary {
    let copy = JinjaDictionary()
    copy.storage = storage
    return copy
  }

  /// A value as a key: hashed and compared as Python does, texts by their scalars.
  struct Key: Hashable {
    let value: JinjaValue
    private let identity: Identity

    private enum Identity: Hashable {
      case none
      case number(Double)
      case large(BigInt)
      case text(Bytes)
      case tuple([Key])
    }

    /// A text's UTF-8: Swift's own equality takes `é` and `e` + U+0301 for the same.
    private struct Bytes: Hashable {
      let text: String

      static func == (first: Bytes, second: Bytes) -> Bool {
        first.text.hasSameScalars(second.text)
      }

      func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
      }
    }

    init(_ name: String) {
      value = .string(name)
      identity = .text(Bytes(text: name))
    }

    init(hashing value: JinjaValue) throws {
      self.value = value
      switch value {
      case .none: identity = .none
      case .boolean(let value): identity = .number(value ? 1 : 0)
      case .integer(let value):
        identity = Double(exactly: value).map(Identity.number) ?? .large(BigInt(value))
      case .bigInteger(let value): identity = .large(value)
      case .float(let value): identity = .number(value)
      case .string(let text): identity = .text(Bytes(text: text))
      case .tuple(let elements): identity = .tuple(try elements.map(Key.init(hashing:)))
      default: throw JinjaError(.type, "unhashable type: '\(value.typeName)'")
      }
    }

    static func == (first: Key, second: Key) -> Bool { first.identity == second.identity }
    func hash(into hasher: inout Hasher) { hasher.combine(identity) }
  }
}

extension String {
  /// Equal as Python compares texts: scalar by scalar.
  func hasSameScalars(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
