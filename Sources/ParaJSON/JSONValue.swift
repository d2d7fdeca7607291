/// A JSON value as its text has it: objects keep the order of their members and the exact scalars of
/// their keys, and whole numbers are exact whatever their length.
///
/// A number without fraction and exponent is an `integer`, or a `bigInteger` beyond 64 bits; every other
/// number is the nearest `double`, which is finite unless the parser was asked for Python's numbers. Values are equal if these representations are:
/// `1` and `1.0` are not, and members must be in the same order.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// The digits of a whole number beyond 64 bits, after `-` if it is negative; as a `Double` it is finite.
  case bigInteger(String)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue {
  /// The type in words for messages, such as `an array`.
  package var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "a Boolean"
    case .integer, .bigInteger, .double: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// The nearest double of any number; nil for what is not a number.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .bigInteger(let digits): Double(digits)
    case .double(let value): value
    default: nil
    }
  }

  /// The value of a number that an `Int` holds exactly, `3.0` and `3e0` included; otherwise nil.
  public var intValue: Int? {
    switch self {
    case .integer(let value): Int(exactly: value)
    case .double(let value): Int(exactly: value)
    default: nil
    }
  }
}

extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: CustomStringConvertible {
  /// The value as JSON text on one line, with a space after each comma and colon.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .bigInteger(let digits): digits
    case .double(let value): String(value)
    case .string(let text): text.quotedAsJSON
    case .array(let elements):
      "[" + elements.map(\.description).joined(separator: ", ") + "]"
    case .object(let object): object.description
    }
  }
}

extension String {
  /// The string as JSON text, with escapes also for what would not show on one line of a terminal:
  /// control characters, line separators, and characters that turn the writing direction.
  package var quotedAsJSON: String {
    unicodeScalars.reduce(into: "\"") { $0 += $1.escapedInJSON } + "\""
  }
}

extension Unicode.Scalar {
  fileprivate var escapedInJSON: String {
    switch (self, properties.generalCategory) {
    case ("\"", _): "\\\""
    case ("\\", _): "\\\\"
    case ("\n", _): "\\n"
    case ("\r", _): "\\r"
    case ("\t", _): "\\t"
    case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator):
      String(self).utf16.map { unit in
        let digits = String(unit, radix: 16, uppercase: true)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    default: String(self)
    }
  }
}
