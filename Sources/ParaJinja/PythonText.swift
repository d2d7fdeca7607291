import BigInt
import Foundation

/// Values as Python writes them: `str()` for what a template prints, `repr()` inside containers.
enum PythonText {
  static func string(_ value: JinjaValue) throws -> String {
    switch value {
    case .undefined: ""
    case .string(let text): text
    default: try representation(value)
    }
  }

  static func representation(_ value: JinjaValue, depth: Int = 0) throws -> String {
    guard depth < 64 else { throw JinjaError(.limit, "a value nests too deep to be printed") }
    func list(_ elements: [JinjaValue]) throws -> String {
      try elements.map { try representation($0, depth: depth + 1) }.joined(separator: ", ")
    }
    switch value {
    case .undefined: return "Undefined"
    case .none: return "None"
    case .boolean(let value): return value ? "True" : "False"
    case .integer(let value): return String(value)
    case .bigInteger(let value): return String(value)
    case .float(let value): return float(value)
    case .string(let text): return quoted(text)
    case .list(let value): return "[\(try list(value.elements))]"
    case .tuple(let elements):
      return elements.count == 1 ? "(\(try list(elements)),)" : "(\(try list(elements)))"
    case .dictionary(let value):
      let pairs = try value.pairs.map { key, value in
        try representation(key, depth: depth + 1) + ": " + representation(value, depth: depth + 1)
      }
      return "{\(pairs.joined(separator: ", "))}"
    case .range(let range):
      let step = range.step == 1 ? "" : ", \(range.step)"
      return "range(\(range.start), \(range.stop)\(step))"
    case .view(let view): return "\(view.kind.rawValue)([\(try list(view.elements))])"
    case .object(let object) where object.tuple != nil:
      return try representation(.tuple(object.tuple ?? []), depth: depth)
    case .object(let macro as Macro): return macro.description
    case .function(let function) where Globals.classes[function.name] != nil:
      return "<class '\(Globals.classes[function.name] ?? "")'>"
    case .iterator, .function, .object:
      // Python prints the address, which differs from run to run.
      throw JinjaError(
        .type,
        "a \(value.typeName) has no text of its own; make a list of it with the filter 'list'")
    }
  }

  /// The shortest digits that read back as the same number, in Python's form.
  static func float(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let (digits, exponent) = shortestDigits(value.magnitude)
    let sign = value.sign == .minus ? "-" : ""
    // `exponent` is that of the first digit.
    if exponent < -4 || exponent >= 16 {
      let mantissa = digits.count > 1 ? "\(digits.prefix(1)).\(digits.dropFirst())" : digits
      let magnitude = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
      return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(magnitude)"
    }
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }
    if digits.count <= exponent + 1 {
      return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
    }
    return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
  }

  /// Swift's description has the same digits, in another form.
  private static func shortestDigits(_ value: Double) -> (digits: String, exponent: Int) {
    guard value != 0 else { return ("0", 0) }
    let parts = "\(value)".split(separator: "e")
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let sides = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    var digits = Substring(sides[0] + (sides.count > 1 ? sides[1] : ""))
    exponent += sides[0].count - 1
    while digits.first == "0" {
      digits = digits.dropFirst()
      exponent -= 1
    }
    while digits.last == "0" { digits = digits.dropLast() }
    return (String(digits), exponent)
  }

  /// A text in quotes, as `repr` chooses and escapes them.
  static func quoted(_ text: String) -> String {
    let quote: Unicode.Scalar =
      text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
    var out = String.UnicodeScalarView()
    out.append(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case quote, "\\": out.append(contentsOf: ["\\", scalar])
      case "\n": out.append(contentsOf: "\\n".unicodeScalars)
      case "\r": out.append(contentsOf: "\\r".unicodeScalars)
      case "\t": out.append(contentsOf: "\\t".unicodeScalars)
      default:
        if scalar.isPrintableInPython {
          out.append(scalar)
        } else {
          out.append(contentsOf: escaped(scalar).unicodeScalars)
        }
      }
    }
    out.append(quote)
    return String(out)
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    func hexadecimal(_ width: Int) -> String {
      let digits = String(scalar.value, radix: 16)
      return String(repeating: "0", count: width - digits.count) + digits
    }
    if scalar.value < 0x100 { return "\\x" + hexadecimal(2) }
    if scalar.value < 0x10000 { return "\\u" + hexadecimal(4) }
    return "\\U" + hexadecimal(8)
  }
}

extension Unicode.Scalar {
  /// `str.isprintable`: no control, format, surrogate, private or unassigned character, and of the
  /// separators only the space.
  fileprivate var isPrintableInPython: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    case .spaceSeparator: self == " "
    default: true
    }
  }
}
