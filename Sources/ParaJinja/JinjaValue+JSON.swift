import BigInt
package import ParaJSON

extension JinjaValue {
  /// A JSON value as Python's `json` module reads it: objects in the order of their members, the last of
  /// equal keys counting, whole numbers exact.
  package init(_ json: JSONValue) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .boolean(value)
    case .integer(let value): self = .integer(Int(value))
    case .bigInteger(let digits): self = JinjaValue(BigInt(digits) ?? 0)
    case .double(let value): self = .float(value)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .array(elements.map(JinjaValue.init))
    case .object(let object):
      self = .dictionary(
        JinjaDictionary(strings: object.members.map { ($0.key, JinjaValue($0.value)) }))
    }
  }
}
