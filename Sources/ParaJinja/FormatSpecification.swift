import BigInt
import Foundation

/// How a value is written: Python's format specification, `[[fill]align][sign][#][0][width][,][.precision][type]`.
struct FormatSpecification {
  var fill = " "
  var alignment: Unicode.Scalar?
  var sign: Unicode.Scalar = "-"
  var isAlternate = false
  var isZeroPadded = false
  var width: Int?
  var grouping: Unicode.Scalar?
  var precision: Int?
  var type: Unicode.Scalar?

  init() {}

  init(_ text: String) throws {
    var scalars = text.unicodeScalars[...]
    func isAlignment(_ scalar: Unicode.Scalar) -> Bool { "<>=^".unicodeScalars.contains(scalar) }
    if scalars.count > 1, let second = scalars.dropFirst().first, isAlignment(second) {
      fill = String(scalars.removeFirst())
      alignment = scalars.removeFirst()
    } else if let first = scalars.first, isAlignment(first) {
      alignment = scalars.removeFirst()
    }
    if let first = scalars.first, "+- ".unicodeScalars.contains(first) {
      sign = scalars.removeFirst()
    }
    if scalars.first == "#" {
      isAlternate = true
      scalars.removeFirst()
    }
    if scalars.first == "0" {
      isZeroPadded = true
      scalars.removeFirst()
    }
    width = Self.number(&scalars)
    if let first = scalars.first, first == "," || first == "_" { grouping = scalars.removeFirst() }
    if scalars.first == "." {
      scalars.removeFirst()
      guard let value = Self.number(&scalars) else {
        throw JinjaError(.type, "Format specifier missing precision")
      }
      precision = value
    }
    type = scalars.popFirst()
    guard scalars.isEmpty else { throw JinjaError(.type, "Invalid format specifier '\(text)'") }
  }

  private static func number(_ scalars: inout Substring.UnicodeScalarView) -> Int? {
    var value: Int?
    while let first = scalars.first, let digit = Character(first).wholeNumberValue {
      value = min((value ?? 0) * 10 + digit, 1 << 40)
      scalars.removeFirst()
    }
    return value
  }

  // MARK: Numbers

  func formatted(
    _ number: Arithmetic.Number, _ kind: Unicode.Scalar, _ renderer: Renderer
  ) throws -> String {
    let isNegative: Bool
    var digits: String
    switch number {
    case .whole(let value):
      isNegative = value < 0
      digits = try whole(BigInt(value.magnitude), kind)
    case .float(let value):
      isNegative = value.sign == .minus
      digits = try float(value.magnitude, kind)
    }
    if let grouping { digits = grouped(digits, String(grouping)) }
    let sign = isNegative ? "-" : self.sign == "-" ? "" : String(self.sign)
    return try padded(digits, sign: sign, renderer)
  }

  private func whole(_ value: BigInt, _ kind: Unicode.Scalar) throws -> String {
    switch kind {
    case "d", "n":
      let digits = String(value)
      return String(repeating: "0", count: max(0, (precision ?? 0) - digits.count)) + digits
    case "x": return (isAlternate ? "0x" : "") + String(value, radix: 16)
    case "X": return (isAlternate ? "0X" : "") + String(value, radix: 16).uppercased()
    case "o": return (isAlternate ? "0o" : "") + String(value, radix: 8)
    case "b": return (isAlternate ? "0b" : "") + String(value, radix: 2)
    default: return try float(Double(value), kind)
    }
  }

  private func float(_ value: Double, _ kind: Unicode.Scalar) throws -> String {
    guard value.isFinite else {
      let text = value.isNaN ? "nan" : "inf"
      return "EFG".unicodeScalars.contains(kind) ? text.uppercased() : text
    }
    let precision = precision ?? 6
    guard precision <= 1_000 else { throw JinjaError(.limit, "a precision above 1000") }
    switch kind {
    case "e", "E", "f", "F", "g", "G":
      return String(format: "%\(isAlternate ? "#" : "").\(precision)\(kind)", value)
    case "%": return String(format: "%.\(precision)f", value * 100) + "%"
    default: throw JinjaError(.type, "Unknown format code '\(kind)' for object of type 'float'")
    }
  }

  /// A mark between groups of three digits in front of the point.
  private func grouped(_ digits: String, _ mark: String) -> String {
    let end = digits.firstIndex { !$0.isNumber } ?? digits.endIndex
    var out = ""
    for (index, digit) in digits[..<end].enumerated() {
      if index > 0, (digits[..<end].count - index) % 3 == 0 { out += mark }
      out.append(digit)
    }
    return out + digits[end...]
  }

  // MARK: Padding

  /// Filled up to the width; a sign stays in front of zeros.
  func padded(_ text: String, sign: String = "", _ renderer: Renderer) throws -> String {
    let missing = (width ?? 0) - text.unicodeScalars.count - sign.unicodeScalars.count
    guard missing > 0 else { return sign + text }
    try renderer.spend(bytes: missing * fill.utf8.count)
    if isZeroPadded, alignment != "<", alignment != "^" {
      return sign + String(repeating: "0", count: missing) + text
    }
    let filling = { (count: Int) in String(repeating: fill, count: count) }
    switch alignment {
    case "<": return sign + text + filling(missing)
    case "^": return filling(missing / 2) + sign + text + filling(missing - missing / 2)
    case "=": return sign + filling(missing) + text
    default: return filling(missing) + sign + text
    }
  }
}

/// `"{} {name:>8}".format(…)`
enum BraceFormat {
  static func apply(
    _ format: String, _ arguments: JinjaArguments, _ renderer: Renderer
  ) throws -> String {
    var out = String.UnicodeScalarView()
    let scalars = Array(format.unicodeScalars)
    var (index, automatic) = (0, 0)
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      guard scalar == "{" || scalar == "}" else {
        out.append(scalar)
        continue
      }
      if index < scalars.count, scalars[index] == scalar {
        out.append(scalar)
        index += 1
        continue
      }
      guard scalar == "{", let end = scalars[index...].firstIndex(of: "}") else {
        throw JinjaError(.type, "Single '\(scalar)' encountered in format string")
      }
      let field = PythonString.text(scalars[index..<end])
      let text = try value(field, arguments, &automatic, renderer)
      try renderer.spend(bytes: text.utf8.count)
      out.append(contentsOf: text.unicodeScalars)
      index = end + 1
    }
    return String(out)
  }

  private static func value(
    _ field: String, _ arguments: JinjaArguments, _ automatic: inout Int, _ renderer: Renderer
  ) throws -> String {
    let parts = PythonString.parts(field, at: ":", limit: 1)
    let source = PythonString.parts(parts[0], at: "!", limit: 1)
    guard !source[0].contains("."), !source[0].contains("["), !field.contains("{") else {
      throw JinjaError(.unsupported, "format() reaches no attributes, items or nested fields here")
    }
    let value: JinjaValue
    if source[0].isEmpty || Int(source[0]) != nil {
      let place = Int(source[0]) ?? automatic
      if source[0].isEmpty { automatic += 1 }
      guard arguments.positional.indices.contains(place) else {
        throw JinjaError(
          .type, "Replacement index \(place) out of range for positional args tuple")
      }
      value = arguments.positional[place]
    } else if let named = arguments.named.first(where: { $0.name.hasSameScalars(source[0]) }) {
      value = named.value
    } else {
      throw JinjaError(.undefined, "format() has no argument '\(source[0])'")
    }
    return try text(
      value, conversion: source.count > 1 ? source[1] : nil,
      FormatSpecification(parts.count > 1 ? parts[1] : ""), renderer)
  }

  private static func text(
    _ value: JinjaValue, conversion: String?, _ specification: FormatSpecification,
    _ renderer: Renderer
  ) throws -> String {
    var specification = specification
    if conversion == nil, let number = Arithmetic.number(value) {
      if specification.alignment == nil { specification.alignment = ">" }
      if let type = specification.type {
        if case .float = number, "dxXob".unicodeScalars.contains(type) {
          throw JinjaError(.type, "Unknown format code '\(type)' for object of type 'float'")
        }
        return try specification.formatted(number, type, renderer)
      }
      if case .whole = number, case .boolean = value {
      } else if case .whole = number {
        return try specification.formatted(number, "d", renderer)
      } else if specification.precision != nil {
        return try specification.formatted(number, "g", renderer)
      }
    }
    guard specification.type == nil || specification.type == "s" else {
      throw JinjaError(
        .type, "Unknown format code for object of type '\(value.typeName)'")
    }
    var text =
      try conversion == "r" || conversion == "a"
      ? PythonText.representation(value) : renderer.text(value)
    if let precision = specification.precision {
      text = PythonString.text(text.unicodeScalars.prefix(precision))
    }
    if specification.alignment == nil, Arithmetic.number(value) == nil {
      specification.alignment = "<"
    }
    return try specification.padded(text, renderer)
  }
}
