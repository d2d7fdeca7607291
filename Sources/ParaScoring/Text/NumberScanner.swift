/// Finds the numbers of a text by the rule of ``NumericAnswer``.
struct NumberScanner {
  struct Number {
    let value: ExactNumber
    /// Whether it stands directly behind a letter, `^` or `_`.
    let isBound: Bool
  }

  private let text: ArraySlice<Unicode.Scalar>
  private var index: Int

  init(_ text: ArraySlice<Unicode.Scalar>) {
    self.text = text
    index = text.startIndex
  }

  /// The next number; nil at the end.
  mutating func next() -> Number? {
    while index < text.endIndex {
      let start = index
      if Self.mayBegin(text[start]), let value = number() {
        let sign = signStart(before: start)
        return Number(
          value: sign == nil ? value : value.negated, isBound: isBound(sign ?? start))
      }
      index = max(index, start + 1)
    }
    return nil
  }

  /// The number that begins here. Behind what only looks like one, such as `1/0`, the index moves on.
  private mutating func number() -> ExactNumber? {
    if let fraction = fractionOfLaTeX() { return fraction }
    if let fraction = fractionSign() { return fraction }
    let isInChain = before(index) == "/" && before(index - 1)?.isDecimalDigit == true
    guard let first = decimal() else { return nil }
    if !isInChain, let denominator = denominator() {
      return isFractionPart(first) && isFractionPart(denominator) && !denominator.isZero
        ? ExactNumber(first, over: denominator) : nil
    }
    return mixedNumber(first) ?? ExactNumber(first)
  }

  /// Whether a number can begin so; most of a text cannot.
  private static func mayBegin(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "0"..."9", ".", "\\": true
    default: !scalar.isASCII && (scalar.isDecimalDigit || fractionSigns[scalar] != nil)
    }
  }

  // MARK: Decimals

  /// Digits in groups, a fraction, and an exponent, a power or a product with a power of ten.
  private mutating func decimal() -> ExactDecimal? {
    let start = index
    let whole = groupedDigits()
    var fraction = ""
    let isBehindWord = whole.isEmpty && before(start)?.isPythonWord == true
    if peek == ".", peek(1)?.isDecimalDigit == true, !isBehindWord {
      index += 1
      fraction = digits()
    }
    guard index > start else { return nil }
    let exponent = attempt { $0.exponent() ?? $0.productWithPowerOfTen() } ?? 0
    let decimal = ExactDecimal(
      digits: whole + fraction, exponent: exponent - fraction.utf8.count)
    return attempt { $0.power().flatMap(decimal.power) } ?? decimal
  }

  /// Digits, of which the first one to three may be followed by groups of three, or of two and a last one
  /// of three.
  private mutating func groupedDigits() -> String {
    var whole = digits()
    guard (1...3).contains(whole.utf8.count) else { return whole }
    // Groups of two are taken back unless one of three follows.
    var pending = ""
    var end = index
    while let group = attempt({ $0.group() }) {
      pending += group
      if group.utf8.count == 3 {
        whole += pending
        pending = ""
        end = index
      }
    }
    index = end
    return whole
  }

  private static let separators = [",\\!", ",", "{,}", "\\,", "\u{2009}", "\u{202F}"]

  private mutating func group() -> String? {
    guard take(oneOf: Self.separators) else { return nil }
    let group = digits()
    return (2...3).contains(group.utf8.count) ? group : nil
  }

  /// Digits of any script as 0 to 9.
  private mutating func digits() -> String {
    var digits = ""
    while let value = peek?.decimalDigit {
      digits.unicodeScalars.append(value)
      index += 1
    }
    return digits
  }

  private mutating func exponent() -> Int? {
    guard take(oneOf: ["e", "E"]), let exponent = integer(), peek?.isPythonWord != true else {
      return nil
    }
    return exponent
  }

  private mutating func productWithPowerOfTen() -> Int? {
    skipSpaces()
    guard take(oneOf: ["×", "·", "*", "x", "\\times", "\\cdot"]) else { return nil }
    skipSpaces()
    return take("10") ? power() : nil
  }

  /// `^3` or `^{3}`.
  private mutating func power() -> Int? {
    guard take("^") else { return nil }
    let isInBraces = take("{")
    guard let power = integer(), !isInBraces || take("}") else { return nil }
    return power
  }

  private mutating func integer() -> Int? {
    let isNegative = takeSign()
    let digits = digits()
    guard digits.utf8.count <= ExactDecimal.maximumExponentDigits, let value = Int(digits) else {
      return nil
    }
    return isNegative ? -value : value
  }

  // MARK: Fractions

  /// `/4` behind a numerator, unless another slash and digit follow.
  private mutating func denominator() -> ExactDecimal? {
    attempt { scanner in
      guard scanner.take("/"), let denominator = scanner.decimal() else { return nil }
      let isChain = scanner.peek == "/" && scanner.peek(1)?.isDecimalDigit == true
      return isChain ? nil : denominator
    }
  }

  /// A whole number with a proper fraction behind it.
  private mutating func mixedNumber(_ whole: ExactDecimal) -> ExactNumber? {
    guard whole.exponent >= 0, isFractionPart(whole) else { return nil }
    return attempt { scanner in
      let isApart = scanner.take(" ")
      guard let part = scanner.properFraction(allowsSlash: isApart) else { return nil }
      return ExactNumber(whole * part.denominator + part.numerator, over: part.denominator)
    }
  }

  private mutating func properFraction(allowsSlash: Bool) -> ExactNumber? {
    var fraction = fractionOfLaTeX().flatMap(\.self) ?? fractionSign()
    if fraction == nil, allowsSlash, let numerator = decimal(), let denominator = denominator() {
      fraction = ExactNumber(numerator, over: denominator)
    }
    guard let fraction, isWhole(fraction.numerator), isWhole(fraction.denominator),
      fraction.numerator < fraction.denominator, !fraction.isNegative
    else { return nil }
    return fraction
  }

  /// Without value if the denominator is 0.
  private mutating func fractionOfLaTeX() -> ExactNumber?? {
    guard peek == "\\" else { return nil }
    return attempt { scanner in
      guard scanner.take(oneOf: ["\\frac", "\\dfrac", "\\tfrac"]),
        let numerator = scanner.argument(), let denominator = scanner.argument()
      else { return nil }
      return .some(
        denominator.value.isZero
          ? nil
          : ExactNumber(
            isNegative: numerator.isNegative != denominator.isNegative, numerator.value,
            over: denominator.value))
    }
  }

  /// `{12}`, or one digit.
  private mutating func argument() -> (isNegative: Bool, value: ExactDecimal)? {
    guard take("{") else {
      guard let digit = peek?.decimalDigit else { return nil }
      index += 1
      return (false, ExactDecimal(digits: String(Character(digit)), exponent: 0))
    }
    let isNegative = takeSign()
    guard let value = decimal(), isFractionPart(value), take("}") else { return nil }
    return (isNegative, value)
  }

  private mutating func fractionSign() -> ExactNumber? {
    guard let (numerator, denominator) = peek.flatMap({ Self.fractionSigns[$0] }) else {
      return nil
    }
    index += 1
    return ExactNumber(
      ExactDecimal(digits: numerator, exponent: 0),
      over: ExactDecimal(digits: denominator, exponent: 0))
  }

  private static let fractionSigns: [Unicode.Scalar: (String, String)] = [
    "¼": ("1", "4"), "½": ("1", "2"), "¾": ("3", "4"), "⅐": ("1", "7"), "⅑": ("1", "9"),
    "⅒": ("1", "10"), "⅓": ("1", "3"), "⅔": ("2", "3"), "⅕": ("1", "5"), "⅖": ("2", "5"),
    "⅗": ("3", "5"), "⅘": ("4", "5"), "⅙": ("1", "6"), "⅚": ("5", "6"), "⅛": ("1", "8"),
    "⅜": ("3", "8"), "⅝": ("5", "8"), "⅞": ("7", "8"),
  ]

  private func isFractionPart(_ value: ExactDecimal) -> Bool {
    value.digits.utf8.count + Int(value.exponent.magnitude) <= ExactDecimal.maximumDigits
  }

  private func isWhole(_ value: ExactDecimal) -> Bool {
    value.exponent >= 0 && isFractionPart(value)
  }

  // MARK: What stands before a number

  /// The index of the number's minus, which a currency sign may separate from it. Behind a word it is none.
  private func signStart(before start: Int) -> Int? {
    var index = start
    if before(index)?.properties.generalCategory == .currencySymbol {
      index -= before(index - 1) == "\\" ? 2 : 1
    }
    guard before(index).map(Self.isMinus) == true, before(index - 1)?.isPythonWord != true else {
      return nil
    }
    return index - 1
  }

  private func isBound(_ start: Int) -> Bool {
    let isInBraces = before(start) == "{"
    guard let scalar = before(isInBraces ? start - 1 : start) else { return false }
    if scalar == "^" || scalar == "_" { return true }
    if isInBraces || !scalar.properties.isCased { return false }
    // A command of LaTeX is no word.
    let letters = text[..<start].reversed().prefix { $0.properties.isCased }.count
    return before(start - letters) != "\\"
  }

  // MARK: Scalars

  private static func isMinus(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "-" || scalar == "\u{2212}"
  }

  private var peek: Unicode.Scalar? { peek(0) }

  private func peek(_ offset: Int) -> Unicode.Scalar? {
    index + offset < text.endIndex ? text[index + offset] : nil
  }

  private func before(_ index: Int) -> Unicode.Scalar? {
    index > text.startIndex ? text[index - 1] : nil
  }

  private mutating func skipSpaces() { while take(" ") {} }

  private mutating func takeSign() -> Bool {
    if take("+") { return false }
    return take(oneOf: ["-", "\u{2212}"])
  }

  private mutating func take(_ string: String) -> Bool {
    guard text[index...].starts(with: string.unicodeScalars) else { return false }
    index += string.unicodeScalars.count
    return true
  }

  private mutating func take(oneOf strings: [String]) -> Bool {
    strings.contains { take($0) }
  }

  /// What the body finds, or nil with the index where it was.
  private mutating func attempt<Value>(_ body: (inout NumberScanner) -> Value?) -> Value? {
    let start = index
    if let value = body(&self) { return value }
    index = start
    return nil
  }
}

extension Unicode.Scalar {
  fileprivate var isDecimalDigit: Bool { decimalDigit != nil }

  /// The digit as 0 to 9.
  fileprivate var decimalDigit: Unicode.Scalar? {
    if ("0"..."9").contains(self) { return self }
    guard !isASCII, properties.numericType == .decimal, let value = properties.numericValue else {
      return nil
    }
    return Unicode.Scalar(UInt8(ascii: "0") + UInt8(value))
  }
}
