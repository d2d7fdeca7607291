import BigInt
import Foundation

/// Python's operators on numbers, texts and lists.
enum Arithmetic {
  static func unary(
    _ operation: UnaryOperator, _ value: JinjaValue, _ renderer: Renderer
  ) throws -> JinjaValue {
    if operation == .not { return .boolean(!(try renderer.isTrue(value))) }
    switch number(value) {
    case .whole(let number): return JinjaValue(operation == .minus ? -number : number)
    case .float(let number): return .float(operation == .minus ? -number : number)
    case nil:
      if case .undefined(let undefined) = value { throw JinjaError(.undefined, undefined.hint) }
      throw JinjaError(
        .type, "bad operand type for unary \(operation.rawValue): '\(value.typeName)'")
    }
  }

  static func binary(
    _ operation: BinaryOperator, _ left: JinjaValue, _ right: JinjaValue, _ renderer: Renderer
  ) throws -> JinjaValue {
    if case .integer(let left) = left, case .integer(let right) = right,
      let quick = small(operation, left, right)
    {
      return .integer(quick)
    }
    for side in [left, right] {
      if case .undefined(let undefined) = side, !isFormat(operation, left) {
        throw JinjaError(.undefined, undefined.hint)
      }
    }
    if let left = number(left), let right = number(right) {
      return try numeric(operation, left, right, renderer)
    }
    if let value = try sequences(operation, left, right, renderer) { return value }
    if isFormat(operation, left), case .string(let format) = left {
      let values: [JinjaValue] = if case .tuple(let elements) = right { elements } else { [right] }
      return .string(try PercentFormat.apply(format, values, whole: right, renderer))
    }
    throw JinjaError(
      .type,
      "unsupported operand type(s) for \(operation.rawValue): '\(left.typeName)' and '\(right.typeName)'"
    )
  }

  private static func isFormat(_ operation: BinaryOperator, _ left: JinjaValue) -> Bool {
    if operation == .remainder, case .string = left { true } else { false }
  }

  /// The common case; nil where it overflows or is not whole.
  private static func small(_ operation: BinaryOperator, _ left: Int, _ right: Int) -> Int? {
    let result: (partialValue: Int, overflow: Bool)
    switch operation {
    case .add: result = left.addingReportingOverflow(right)
    case .subtract: result = left.subtractingReportingOverflow(right)
    case .multiply: result = left.multipliedReportingOverflow(by: right)
    default: return nil
    }
    return result.overflow ? nil : result.partialValue
  }

  // MARK: Numbers

  enum Number {
    case whole(BigInt)
    case float(Double)

    var double: Double {
      switch self {
      case .whole(let value): Double(value)
      case .float(let value): value
      }
    }
  }

  static func number(_ value: JinjaValue) -> Number? {
    switch value {
    case .boolean(let value): .whole(value ? 1 : 0)
    case .integer(let value): .whole(BigInt(value))
    case .bigInteger(let value): .whole(value)
    case .float(let value): .float(value)
    default: nil
    }
  }

  private static func numeric(
    _ operation: BinaryOperator, _ left: Number, _ right: Number, _ renderer: Renderer
  ) throws -> JinjaValue {
    if case .whole(let left) = left, case .whole(let right) = right, operation != .divide {
      return try whole(operation, left, right, renderer)
    }
    let (left, right) = (left.double, right.double)
    switch operation {
    case .add: return .float(left + right)
    case .subtract: return .float(left - right)
    case .multiply: return .float(left * right)
    case .power:
      let value = Foundation.pow(left, right)
      guard !(left == 0 && right < 0), value.isFinite || !left.isFinite || !right.isFinite else {
        throw JinjaError(.type, "the power is no number that a float holds")
      }
      guard !value.isNaN || left.isNaN || right.isNaN else {
        throw JinjaError(.type, "a negative number has no such power here")
      }
      return .float(value)
    case .divide, .floorDivide, .remainder:
      guard right != 0 else { throw JinjaError(.type, "division by zero") }
      if operation == .divide { return .float(left / right) }
      var remainder = fmod(left, right)
      if remainder != 0, (remainder < 0) != (right < 0) { remainder += right }
      if operation == .remainder {
        return .float(remainder == 0 ? Double(signOf: right, magnitudeOf: 0) : remainder)
      }
      return .float(floorQuotient(left, right, remainder))
    }
  }

  /// As CPython's `float_floor_div` rounds.
  private static func floorQuotient(_ left: Double, _ right: Double, _ remainder: Double) -> Double
  {
    let quotient = (left - remainder) / right
    guard quotient != 0 else { return Double(signOf: left / right, magnitudeOf: 0) }
    let floored = quotient.rounded(.down)
    return quotient - floored > 0.5 ? floored + 1 : floored
  }

  private static func whole(
    _ operation: BinaryOperator, _ left: BigInt, _ right: BigInt, _ renderer: Renderer
  ) throws -> JinjaValue {
    switch operation {
    case .add: return JinjaValue(left + right)
    case .subtract: return JinjaValue(left - right)
    case .multiply:
      try renderer.spend(steps: left.bitWidth / 64 * (right.bitWidth / 64))
      return JinjaValue(left * right)
    case .divide: return .float(Double(left) / Double(right))
    case .floorDivide, .remainder:
      guard right != 0 else { throw JinjaError(.type, "integer division or modulo by zero") }
      var (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
      if remainder != 0, (remainder < 0) != (right < 0) {
        quotient -= 1
        remainder += right
      }
      return JinjaValue(operation == .remainder ? remainder : quotient)
    case .power:
      if right < 0 {
        guard left != 0 else {
          throw JinjaError(.type, "zero cannot be raised to a negative power")
        }
        return .float(Foundation.pow(Double(left), Double(right)))
      }
      guard let exponent = Int(exactly: right),
        left.bitWidth * exponent.clamped(to: 0...1 << 20) < 1 << 16
      else { throw JinjaError(.limit, "the power has too many digits") }
      return JinjaValue(left.power(exponent))
    }
  }

  // MARK: Texts and lists

  private static func sequences(
    _ operation: BinaryOperator, _ left: JinjaValue, _ right: JinjaValue, _ renderer: Renderer
  ) throws -> JinjaValue? {
    switch (operation, left, right) {
    case (.add, .string(let left), .string(let right)):
      try renderer.spend(bytes: left.utf8.count + right.utf8.count)
      return .string(left + right)
    case (.add, .list(let left), .list(let right)):
      try renderer.spend(bytes: 16 * (left.elements.count + right.elements.count))
      return .array(left.elements + right.elements)
    case (.add, .tuple(let left), .tuple(let right)):
      try renderer.spend(bytes: 16 * (left.count + right.count))
      return .tuple(left + right)
    case (.multiply, _, _):
      return try repeated(left, right, renderer) ?? repeated(right, left, renderer)
    default: return nil
    }
  }

  private static func repeated(
    _ value: JinjaValue, _ times: JinjaValue, _ renderer: Renderer
  ) throws -> JinjaValue? {
    guard case .whole(let number)? = number(times) else { return nil }
    let count = number <= 0 ? 0 : Int(exactly: number) ?? .max
    func room(_ size: Int) throws {
      let (bytes, overflow) = size.multipliedReportingOverflow(by: count)
      try renderer.spend(bytes: overflow ? .max : bytes)
    }
    switch value {
    case .string(let text):
      try room(text.utf8.count)
      return .string(text.isEmpty ? "" : String(repeating: text, count: count))
    case .list(let list):
      try room(16 * list.elements.count)
      return .array(
        list.elements.isEmpty ? [] : Array(repeatElement(list.elements, count: count).joined()))
    case .tuple(let elements):
      try room(16 * elements.count)
      return .tuple(elements.isEmpty ? [] : Array(repeatElement(elements, count: count).joined()))
    default: return nil
    }
  }
}

extension Double {
  fileprivate init(signOf sign: Double, magnitudeOf magnitude: Double) {
    self = sign.sign == .minus ? -magnitude : magnitude
  }
}

extension Comparable {
  fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
