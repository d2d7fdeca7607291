import BigInt
import Foundation

/// `"%s: %d" % values`, Python's older formatting; the filter `format` is the same.
enum PercentFormat {
  /// - Parameters:
  ///   - values: What the conversions take one after another.
  ///   - whole: The right operand as it stands, where `%(name)s` looks names up.
  static func apply(
    _ format: String, _ values: [JinjaValue], whole: JinjaValue, _ renderer: Renderer
  ) throws -> String {
    var reader = Reader(scalars: Array(format.unicodeScalars), values: values, whole: whole)
    let text = try reader.run(renderer)
    // What has items counts as a mapping, whose items need not all be used.
    switch whole {
    case .dictionary, .list, .range, .undefined: return text
    default: break
    }
    guard reader.used == values.count || reader.usesNames else {
      throw JinjaError(.type, "not all arguments converted during string formatting")
    }
    return text
  }

  private struct Reader {
    let scalars: [Unicode.Scalar]
    let values: [JinjaValue]
    let whole: JinjaValue
    var index = 0
    var used = 0
    var usesNames = false

    mutating func run(_ renderer: Renderer) throws -> String {
      var out = String.UnicodeScalarView()
      while index < scalars.count {
        let scalar = scalars[index]
        index += 1
        guard scalar == "%" else {
          out.append(scalar)
          continue
        }
        let text = try conversion(renderer)
        try renderer.spend(bytes: text.utf8.count)
        out.append(contentsOf: text.unicodeScalars)
      }
      return String(out)
    }

    private mutating func next() throws -> Unicode.Scalar {
      guard index < scalars.count else { throw JinjaError(.type, "incomplete format") }
      defer { index += 1 }
      return scalars[index]
    }

    private mutating func conversion(_ renderer: Renderer) throws -> String {
      var specification = FormatSpecification()
      var named: JinjaValue?
      if index < scalars.count, scalars[index] == "(" { named = try name(renderer) }
      flags: while index < scalars.count {
        switch scalars[index] {
        case "-": specification.alignment = "<"
        case "+": specification.sign = "+"
        case " ": if specification.sign != "+" { specification.sign = " " }
        case "0": specification.isZeroPadded = true
        case "#": specification.isAlternate = true
        default: break flags
        }
        index += 1
      }
      specification.width = try number(renderer)
      if index < scalars.count, scalars[index] == "." {
        index += 1
        specification.precision = try number(renderer) ?? 0
      }
      while index < scalars.count, "hlL".unicodeScalars.contains(scalars[index]) { index += 1 }
      let kind = try next()
      if kind == "%" { return "%" }
      let value = try named ?? take()
      return try text(value, kind, &specification, renderer)
    }

    private mutating func name(_ renderer: Renderer) throws -> JinjaValue {
      guard let end = scalars[index...].firstIndex(of: ")") else {
        throw JinjaError(.type, "incomplete format key")
      }
      let name = PythonString.text(scalars[(index + 1)..<end])
      index = end + 1
      usesNames = true
      guard case .dictionary(let dictionary) = whole else {
        throw JinjaError(.type, "format requires a mapping")
      }
      guard let value = dictionary[name] else {
        throw JinjaError(.undefined, "the format names '\(name)', which is not there")
      }
      return value
    }

    private mutating func number(_ renderer: Renderer) throws -> Int? {
      if index < scalars.count, scalars[index] == "*" {
        index += 1
        guard case .integer(let value) = try take() else {
          throw JinjaError(.type, "* wants int")
        }
        return value
      }
      var value: Int?
      while index < scalars.count, let digit = Character(scalars[index]).wholeNumberValue {
        value = min((value ?? 0) * 10 + digit, 1 << 40)
        index += 1
      }
      return value
    }

    private mutating func take() throws -> JinjaValue {
      guard used < values.count else {
        throw JinjaError(.type, "not enough arguments for format string")
      }
      defer { used += 1 }
      return values[used]
    }

    private func text(
      _ value: JinjaValue, _ kind: Unicode.Scalar, _ specification: inout FormatSpecification,
      _ renderer: Renderer
    ) throws -> String {
      if specification.alignment == nil { specification.alignment = ">" }
      switch kind {
      case "s", "r", "a":
        specification.isZeroPadded = false
        var text =
          try kind == "s" ? renderer.text(value) : PythonText.representation(value)
        if let precision = specification.precision {
          text = PythonString.text(text.unicodeScalars.prefix(precision))
        }
        return try specification.padded(text, renderer)
      case "c":
        if case .string(let text) = value, text.unicodeScalars.count == 1 {
          return try specification.padded(text, renderer)
        }
        guard case .integer(let code) = value,
          let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init)
        else { throw JinjaError(.type, "%c requires int or char") }
        return try specification.padded(String(scalar), renderer)
      case "d", "i", "u":
        guard let number = Arithmetic.number(value) else {
          throw JinjaError(
            .type, "%\(kind) format: a real number is required, not \(value.typeName)")
        }
        guard case .whole(let whole) = number else {
          guard let whole = BigInt(exactly: number.double.rounded(.towardZero)) else {
            throw JinjaError(.type, "cannot convert float to integer")
          }
          return try specification.formatted(.whole(whole), "d", renderer)
        }
        return try specification.formatted(.whole(whole), "d", renderer)
      case "x", "X", "o":
        guard case .whole(let whole)? = Arithmetic.number(value) else {
          throw JinjaError(
            .type, "%\(kind) format: an integer is required, not \(value.typeName)")
        }
        return try specification.formatted(.whole(whole), kind, renderer)
      case "e", "E", "f", "F", "g", "G":
        guard let number = Arithmetic.number(value) else {
          throw JinjaError(.type, "must be real number, not \(value.typeName)")
        }
        return try specification.formatted(.float(number.double), kind, renderer)
      default:
        throw JinjaError(.type, "unsupported format character '\(kind)'")
      }
    }
  }
}
