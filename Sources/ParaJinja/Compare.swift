import BigInt

/// Python's comparisons.
enum Compare {
  static func holds(
    _ comparison: Comparison, _ left: JinjaValue, _ right: JinjaValue, _ renderer: Renderer
  ) throws -> Bool {
    switch comparison {
    case .equal: return try equal(left, right, renderer)
    case .notEqual: return !(try equal(left, right, renderer))
    case .contained: return try contains(right, left, renderer)
    case .notContained: return !(try contains(right, left, renderer))
    case .less: return try isLess(left, right, "<", renderer)
    case .greater: return try isLess(right, left, ">", renderer)
    case .lessOrEqual: return try isLessOrEqual(left, right, "<=", renderer)
    case .greaterOrEqual: return try isLessOrEqual(right, left, ">=", renderer)
    }
  }

  // MARK: Equality

  static func equal(_ left: JinjaValue, _ right: JinjaValue, _ renderer: Renderer) throws -> Bool {
    try renderer.spend(steps: 1)
    for case .undefined(let undefined) in [left, right] { try renderer.refuse(undefined) }
    if let left = Arithmetic.number(left), let right = Arithmetic.number(right) {
      return order(left, right) == .same
    }
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.string(let left), .string(let right)): return left.hasSameScalars(right)
    case (.list(let left), .list(let right)):
      return try left === right || equal(left.elements, right.elements, renderer)
    case (.tuple(let left), .tuple(let right)): return try equal(left, right, renderer)
    case (.range(let left), .range(let right)):
      return left.count == right.count
        && (left.count == 0
          || (left.start == right.start && (left.count == 1 || left.step == right.step)))
    case (.dictionary(let left), .dictionary(let right)):
      guard left !== right else { return true }
      guard left.count == right.count else { return false }
      return try left.pairs.allSatisfy { key, value in
        try right.value(key).map { try equal(value, $0, renderer) } ?? false
      }
    case (.iterator(let left), .iterator(let right)): return left === right
    case (.object(let left), .object(let right)): return left === right
    default: return false
    }
  }

  private static func equal(
    _ left: [JinjaValue], _ right: [JinjaValue], _ renderer: Renderer
  ) throws -> Bool {
    guard left.count == right.count else { return false }
    return try zip(left, right).allSatisfy { try equal($0, $1, renderer) }
  }

  // MARK: Order

  private enum Order { case before, same, after, none }

  private static func order(_ left: Arithmetic.Number, _ right: Arithmetic.Number) -> Order {
    switch (left, right) {
    case (.whole(let left), .whole(let right)):
      return left == right ? .same : left < right ? .before : .after
    case (.float(let left), .float(let right)): return order(left, right)
    case (.whole(let left), .float(let right)): return order(left, right)
    case (.float(let left), .whole(let right)):
      switch order(right, left) {
      case .before: return .after
      case .after: return .before
      case let other: return other
      }
    }
  }

  private static func order(_ left: Double, _ right: Double) -> Order {
    left == right ? .same : left < right ? .before : left > right ? .after : .none
  }

  /// Exact, as Python compares whole numbers with floats.
  private static func order(_ left: BigInt, _ right: Double) -> Order {
    guard right.isFinite else { return order(Double.zero, right) }
    guard let whole = BigInt(exactly: right.rounded(.down)) else { return .none }
    if left == whole { return right == right.rounded(.down) ? .same : .before }
    return left < whole ? .before : .after
  }

  static func isLess(
    _ left: JinjaValue, _ right: JinjaValue, _ symbol: String, _ renderer: Renderer
  ) throws -> Bool {
    try order(left, right, symbol, renderer) == .before
  }

  private static func isLessOrEqual(
    _ left: JinjaValue, _ right: JinjaValue, _ symbol: String, _ renderer: Renderer
  ) throws -> Bool {
    let order = try order(left, right, symbol, renderer)
    return order == .before || order == .same
  }

  private static func order(
    _ left: JinjaValue, _ right: JinjaValue, _ symbol: String, _ renderer: Renderer
  ) throws -> Order {
    try renderer.spend(steps: 1)
    for case .undefined(let undefined) in [left, right] {
      throw JinjaError(.undefined, undefined.hint)
    }
    if let left = Arithmetic.number(left), let right = Arithmetic.number(right) {
      return order(left, right)
    }
    switch (left, right) {
    case (.string(let left), .string(let right)):
      // UTF-8 sorts as scalars do.
      return left.hasSameScalars(right)
        ? .same : left.utf8.lexicographicallyPrecedes(right.utf8) ? .before : .after
    case (.list(let left), .list(let right)):
      return try order(left.elements, right.elements, symbol, renderer)
    case (.tuple(let left), .tuple(let right)): return try order(left, right, symbol, renderer)
    default:
      throw JinjaError(
        .type,
        "'\(symbol)' not supported between instances of '\(left.typeName)' and '\(right.typeName)'")
    }
  }

  private static func order(
    _ left: [JinjaValue], _ right: [JinjaValue], _ symbol: String, _ renderer: Renderer
  ) throws -> Order {
    for (first, second) in zip(left, right) where !(try equal(first, second, renderer)) {
      return try order(first, second, symbol, renderer)
    }
    return left.count == right.count ? .same : left.count < right.count ? .before : .after
  }

  // MARK: Containment

  /// `element in container`
  static func contains(
    _ container: JinjaValue, _ element: JinjaValue, _ renderer: Renderer
  ) throws -> Bool {
    switch container {
    case .string(let text):
      guard case .string(let part) = element else {
        if case .undefined(let undefined) = element {
          throw JinjaError(.undefined, undefined.hint)
        }
        throw JinjaError(
          .type, "'in <string>' requires string as left operand, not \(element.typeName)")
      }
      try renderer.spend(steps: text.utf8.count / 16)
      return PythonString.find(part, in: text) != nil
    case .dictionary(let dictionary): return try dictionary.value(element) != nil
    case .view(let view) where view.kind == .keys:
      return try view.dictionary.value(element) != nil
    case .iterator(let iterator):
      while let next = iterator.next() {
        if try equal(next, element, renderer) { return true }
      }
      return false
    case .list, .tuple, .range, .view, .undefined, .object:
      return try renderer.elements(container).contains { try equal($0, element, renderer) }
    default:
      throw JinjaError(.type, "argument of type '\(container.typeName)' is not iterable")
    }
  }
}
