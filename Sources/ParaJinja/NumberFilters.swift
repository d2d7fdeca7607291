import BigInt
import Foundation

/// Filters that give a number.
enum NumberFilters {
  nonisolated(unsafe) static let named: [String: Filters.Filter] = Filters.table(
    Filters.filter("abs") { value, _, renderer in
      switch Arithmetic.number(value) {
      case .whole(let number): return JinjaValue(BigInt(number.magnitude))
      case .float(let number): return .float(number.magnitude)
      case nil:
        if case .undefined(let undefined) = value { throw JinjaError(.undefined, undefined.hint) }
        throw JinjaError(.type, "bad operand type for abs(): '\(value.typeName)'")
      }
    },
    Filters.filter("int", ["default", "base"]) { value, arguments, renderer in
      let base = try arguments.integer(1) ?? 10
      return try integer(value, base, renderer) ?? arguments.values[0] ?? .integer(0)
    },
    Filters.filter("float", ["default"]) { value, arguments, renderer in
      try float(value, renderer).map(JinjaValue.float) ?? arguments.values[0] ?? .float(0)
    },
    Filters.filter("round", ["precision", "method"], rounded),
    Filters.filter("filesizeformat", ["binary"]) { value, arguments, renderer in
      guard let bytes = try float(value, renderer) else {
        throw JinjaError(.type, "filesizeformat takes a number")
      }
      return .string(fileSize(bytes, binary: try arguments.flag(0, false, renderer)))
    }
  )

  /// Nil where Python's `int` refuses the value.
  private static func integer(
    _ value: JinjaValue, _ base: Int, _ renderer: Renderer
  ) throws -> JinjaValue? {
    switch value {
    case .undefined(let undefined): throw JinjaError(.undefined, undefined.hint)
    case .string(let text):
      if let whole = wholeNumber(text, base) { return JinjaValue(whole) }
      return number(text).flatMap { BigInt(exactly: $0.rounded(.towardZero)) }.map(JinjaValue.init)
    default:
      switch Arithmetic.number(value) {
      case .whole(let number): return JinjaValue(number)
      case .float(let number):
        return BigInt(exactly: number.rounded(.towardZero)).map(JinjaValue.init)
      case nil: return nil
      }
    }
  }

  private static func float(_ value: JinjaValue, _ renderer: Renderer) throws -> Double? {
    switch value {
    case .undefined(let undefined): throw JinjaError(.undefined, undefined.hint)
    case .string(let text): return number(text)
    default: return Arithmetic.number(value)?.double
    }
  }

  /// A text as Python's `int(text, base)` reads it.
  static func wholeNumber(_ text: String, _ base: Int) -> BigInt? {
    var digits = PythonString.stripped(text, .both, of: nil)
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
    let prefixes = [16: "0x", 8: "0o", 2: "0b"]
    if let prefix = prefixes[base], digits.lowercased().hasPrefix(prefix) {
      digits.removeFirst(2)
      if digits.hasPrefix("_") { digits.removeFirst() }
    }
    let groups = digits.split(separator: "_", omittingEmptySubsequences: false)
    guard (2...36).contains(base), !groups.contains(where: \.isEmpty),
      groups.joined().count < 5_000,
      groups.joined().unicodeScalars.allSatisfy({ $0.isASCII && $0.properties.isXIDContinue }),
      let value = BigInt(groups.joined(), radix: base)
    else { return nil }
    return isNegative ? -value : value
  }

  /// A text as Python's `float(text)` reads it.
  static func number(_ text: String) -> Double? {
    let text = PythonString.stripped(text, .both, of: nil)
    let plain = text.replacing("_", with: "")
    guard !plain.isEmpty, plain.unicodeScalars.allSatisfy(\.isASCII),
      !plain.lowercased().contains("x"),
      text.count == plain.count || !text.contains("__")
    else { return nil }
    let lowered = plain.lowercased()
    let unsigned =
      lowered.hasPrefix("+") || lowered.hasPrefix("-") ? String(lowered.dropFirst()) : lowered
    if unsigned == "inf" || unsigned == "infinity" {
      return lowered.hasPrefix("-") ? -.infinity : .infinity
    }
    if unsigned == "nan" { return .nan }
    guard let first = unsigned.first, first.isNumber || first == "." else { return nil }
    // Swift takes no point without digits on both sides.
    var padded = lowered
    if unsigned.hasPrefix(".") {
      padded = (lowered.hasPrefix("-") ? "-" : "") + "0" + unsigned
    }
    padded = padded.replacing(".e", with: ".0e")
    if padded.hasSuffix(".") { padded += "0" }
    return Double(padded)
  }

  private static func rounded(
    _ value: JinjaValue, _ arguments: StringMethods.Bound, _ renderer: Renderer
  ) throws -> JinjaValue {
    let precision = try arguments.integer(0) ?? 0
    let method = try arguments.text(1) ?? "common"
    guard ["common", "ceil", "floor"].contains(method) else {
      throw JinjaError(.type, "method must be common, ceil or floor")
    }
    guard let number = Arithmetic.number(value) else {
      if case .undefined(let undefined) = value { throw JinjaError(.undefined, undefined.hint) }
      throw JinjaError(.type, "type \(value.typeName) doesn't define __round__ method")
    }
    guard abs(precision) <= 300 else { throw JinjaError(.limit, "a precision beyond 300 digits") }
    if method == "common" {
      switch number {
      case .whole(let whole): return JinjaValue(rounded(whole, precision))
      case .float(let double): return .float(rounded(double, precision))
      }
    }
    let factor =
      precision >= 0
      ? Foundation.pow(10.0, Double(precision)) : Foundation.pow(10.0, Double(precision))
    let scaled = number.double * factor
    let whole = method == "ceil" ? scaled.rounded(.up) : scaled.rounded(.down)
    return .float(whole / factor)
  }

  private static func rounded(_ value: BigInt, _ precision: Int) -> BigInt {
    guard precision < 0 else { return value }
    let unit = BigInt(10).power(-precision)
    var (quotient, remainder) = value.quotientAndRemainder(dividingBy: unit)
    if remainder < 0 {
      quotient -= 1
      remainder += unit
    }
    let twice = remainder * 2
    if twice > unit || (twice == unit && quotient % 2 != 0) { quotient += 1 }
    return quotient * unit
  }

  /// Python's `round`: the decimal nearest to the exact value, ties to even.
  private static func rounded(_ value: Double, _ precision: Int) -> Double {
    guard value.isFinite else { return value }
    if precision >= 0 {
      // printf rounds the exact value, ties to even.
      return Double(String(format: "%.\(min(precision, 340))f", value)) ?? value
    }
    let unit = Foundation.pow(10.0, Double(-precision))
    return (value / unit).rounded(.toNearestOrEven) * unit
  }

  private static func fileSize(_ bytes: Double, binary: Bool) -> String {
    let base: Double = binary ? 1024 : 1000
    let units =
      binary
      ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
      : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
    if bytes == 1 { return "1 Byte" }
    if bytes < base { return "\(Int(bytes)) Bytes" }
    var unit = base * base
    var name = units[0]
    for candidate in units {
      name = candidate
      if bytes < unit { break }
      unit *= base
    }
    if bytes >= unit { unit *= base }
    return String(format: "%.1f", base * bytes / unit) + " " + name
  }
}
