extension JSONScanner {
  /// Parses the number that begins at the current position: an `integer`, a `bigInteger` or a `double`.
  ///
  /// - Throws: `numberOutOfRange` where the nearest double is infinite, for whole numbers too: their
  ///   readers may take them as doubles.
  package mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    var decimal = Decimal()
    try integerDigits(into: &decimal)
    var isWhole = true
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      isWhole = false
      let fractionStart = position
      try digits(into: &decimal)
      decimal.exponent -= position - fractionStart
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      isWhole = false
      decimal.exponent += try exponent()
    }
    if isWhole {
      if let integer = decimal.integer(isNegative: isNegative) { return .integer(integer) }
      _ = try roundedNumber(from: start)
      return .bigInteger(String(decoding: bytes[start..<position], as: UTF8.self))
    }
    if let value = decimal.exactValue { return .double(isNegative ? -value : value) }
    return .double(try roundedNumber(from: start))
  }

  /// One zero, or digits that do not begin with zero.
  private mutating func integerDigits(into decimal: inout Decimal) throws(JSONError) {
    let start = position
    try digits(into: &decimal)
    if bytes[start] == UInt8(ascii: "0"), position > start + 1 {
      position = start + 1
      throw error("a number may not begin with 0 and another digit")
    }
  }

  private mutating func digits(into decimal: inout Decimal) throws(JSONError) {
    let start = position
    while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10
    {
      decimal.append(digit)
      position += 1
    }
    if position == start { throw error("expected a digit") }
  }

  private mutating func exponent() throws(JSONError) -> Int {
    var isNegative = false
    if position < bytes.count,
      bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
    {
      isNegative = bytes[position] == UInt8(ascii: "-")
      position += 1
    }
    var decimal = Decimal()
    try digits(into: &decimal)
    // Larger exponents give zero or infinity whatever the significand.
    let magnitude = decimal.integer(isNegative: false).map { min($0, 1 << 32) } ?? 1 << 32
    return Int(isNegative ? -magnitude : magnitude)
  }

  /// Parses with the standard library, which rounds every decimal correctly.
  private func roundedNumber(from start: Int) throws(JSONError) -> Double {
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let value = Double(text), value.isFinite { return value }
    throw JSONError(
      code: .numberOutOfRange, reason: "the number is beyond what a double holds", offset: start)
  }
}

/// The number scanned so far: `significand` · 10^`exponent`.
private struct Decimal {
  private var significand: UInt64 = 0
  private var overflows = false
  var exponent = 0

  mutating func append(_ digit: UInt8) {
    let (product, first) = significand.multipliedReportingOverflow(by: 10)
    let (sum, second) = product.addingReportingOverflow(UInt64(digit))
    significand = sum
    if first || second { overflows = true }
  }

  /// `nil` when it does not fit.
  func integer(isNegative: Bool) -> Int64? {
    if overflows { return nil }
    return isNegative ? Int64(exactly: -Int128(significand)) : Int64(exactly: significand)
  }

  /// The correctly rounded value by Clinger's fast path ("How to Read Floating Point Numbers Accurately",
  /// 1990): one multiplication or division of two integers that doubles hold exactly; nil elsewhere.
  var exactValue: Double? {
    guard !overflows, significand <= 1 << 53, abs(exponent) < Self.powersOfTen.count else {
      return nil
    }
    let power = Self.powersOfTen[abs(exponent)]
    return exponent < 0 ? Double(significand) / power : Double(significand) * power
  }

  /// 10^0 … 10^22, all exact in a double.
  private static let powersOfTen: [Double] = (0...22).map { power in
    (0..<power).reduce(1.0) { value, _ in value * 10 }
  }
}
