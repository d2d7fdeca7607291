internal import BigInt

/// A number of any size, compared by value without rounding: `0.5` equals `1/2`.
struct ExactNumber: Equatable {
  let isNegative: Bool
  let numerator: ExactDecimal
  /// Not 0.
  let denominator: ExactDecimal

  init(
    isNegative: Bool = false, _ numerator: ExactDecimal, over denominator: ExactDecimal = .one
  ) {
    self.isNegative = isNegative && !numerator.isZero
    self.numerator = numerator
    self.denominator = denominator
  }

  var negated: ExactNumber { ExactNumber(isNegative: !isNegative, numerator, over: denominator) }

  static func == (left: ExactNumber, right: ExactNumber) -> Bool {
    guard left.isNegative == right.isNegative else { return false }
    if left.denominator == right.denominator { return left.numerator == right.numerator }
    // A fraction has at most `maximumDigits` above and below, and so too few to equal a longer decimal.
    let parts = [left.numerator, left.denominator, right.numerator, right.denominator]
    guard parts.allSatisfy({ $0.digits.utf8.count <= 8 * ExactDecimal.maximumDigits }) else {
      return false
    }
    return left.numerator * right.denominator == right.numerator * left.denominator
  }
}

/// A whole number times a power of ten.
struct ExactDecimal: Equatable {
  /// 0 to 9 without zeros at either end; empty for 0.
  let digits: String
  let exponent: Int

  static let one = ExactDecimal(digits: "1", exponent: 0)
  /// Of a fraction's parts and of powers: what can be multiplied in no time.
  static let maximumDigits = 2_000
  /// Digits of an exponent, so that sums of some fit an `Int`.
  static let maximumExponentDigits = 15

  /// - Parameter digits: 0 to 9, zeros at the ends too.
  init(digits: String, exponent: Int) {
    let significant = digits.utf8.drop { $0 == UInt8(ascii: "0") }
    let zeros = significant.reversed().prefix { $0 == UInt8(ascii: "0") }.count
    self.digits = String(Substring(significant.dropLast(zeros)))
    self.exponent = self.digits.isEmpty ? 0 : exponent + zeros
  }

  private init(_ significand: BigInt, exponent: Int) {
    self.init(digits: String(significand), exponent: exponent)
  }

  var isZero: Bool { digits.isEmpty }

  private var significand: BigInt { BigInt(digits) ?? 0 }

  static func * (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
    ExactDecimal(left.significand * right.significand, exponent: left.exponent + right.exponent)
  }

  /// Of whole numbers with at most ``maximumDigits``.
  static func + (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
    ExactDecimal(left.whole + right.whole, exponent: 0)
  }

  /// Compares whole numbers with at most ``maximumDigits``.
  static func < (left: ExactDecimal, right: ExactDecimal) -> Bool { left.whole < right.whole }

  private var whole: BigInt { significand * BigInt(10).power(exponent) }

  /// Nil for a power that is too large, and for a negative one of anything but powers of ten.
  func power(_ power: Int) -> ExactDecimal? {
    let (exponent, overflows) = exponent.multipliedReportingOverflow(by: power)
    guard !overflows, exponent.magnitude < 1_000_000_000_000_000 else { return nil }
    if digits == "1" { return ExactDecimal(digits: "1", exponent: exponent) }
    guard power >= 0, power <= Self.maximumDigits / max(1, digits.utf8.count) else { return nil }
    return ExactDecimal(significand.power(power), exponent: exponent)
  }
}
