/// A value of `adapter_config.json`.
enum ConfigurationValue: Decodable, Sendable, Hashable {
  case null
  case flag(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([ConfigurationValue])
  case object([String: ConfigurationValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let integer = try? container.decode(Int.self) {
      self = .integer(integer)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([ConfigurationValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: ConfigurationValue].self))
    }
  }

  /// Asks for nothing: PEFT writes many keys like this.
  var isEmpty: Bool {
    switch self {
    case .null, .flag(false), .text(""), .text("none"), .list([]): true
    case .object(let object): object.isEmpty
    default: false
    }
  }

  /// A list of texts, or one text.
  var texts: [String]? {
    switch self {
    case .text(let text): return [text]
    case .list(let values):
      let texts = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
      return texts.count == values.count ? texts : nil
    default: return nil
    }
  }

  /// A list of whole numbers, or one.
  var integers: [Int]? {
    switch self {
    case .integer(let value): return [value]
    case .list(let values):
      let integers = values.compactMap { if case .integer(let value) = $0 { value } else { nil } }
      return integers.count == values.count ? integers : nil
    default: return nil
    }
  }

  /// A number, whole or not.
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

extension ConfigurationValue: CustomStringConvertible {
  /// As JSON writes it.
  var description: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let text): "\"\(text)\""
    case .list(let values): "[\(values.map(\.description).joined(separator: ", "))]"
    case .object(let object):
      "{\(object.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1)" }.joined(separator: ", "))}"
    }
  }
}
