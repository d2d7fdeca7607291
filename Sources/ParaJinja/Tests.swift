/// jinja2's tests, behind `is`.
enum Tests {
  typealias Test = (JinjaValue, JinjaArguments, Renderer) throws -> Bool

  static func unknown(_ name: String, at position: SourcePosition) -> JinjaError {
    JinjaError(
      .syntax, "there is no test '\(name)'\(Spelling.hint(name, among: named.keys))",
      at: position)
  }

  nonisolated(unsafe) static let named: [String: Test] = kinds.merging(comparisons) { $1 }

  private static func kind(_ holds: @escaping (JinjaValue) -> Bool) -> Test {
    { value, arguments, _ in
      _ = try arguments.bound(to: [], of: "test")
      return holds(value)
    }
  }

  nonisolated(unsafe) private static let kinds: [String: Test] = [
    "defined": kind { if case .undefined = $0 { false } else { true } },
    "undefined": kind { if case .undefined = $0 { true } else { false } },
    "none": kind { if case .none = $0 { true } else { false } },
    "boolean": kind { if case .boolean = $0 { true } else { false } },
    "true": kind { if case .boolean(true) = $0 { true } else { false } },
    "false": kind { if case .boolean(false) = $0 { true } else { false } },
    "integer": kind {
      switch $0 {
      case .integer, .bigInteger: true
      default: false
      }
    },
    "float": kind { if case .float = $0 { true } else { false } },
    "number": kind { Arithmetic.number($0) != nil },
    "string": kind { if case .string = $0 { true } else { false } },
    "mapping": kind { if case .dictionary = $0 { true } else { false } },
    "sequence": { value, _, renderer in
      switch value {
      case .string, .list, .tuple, .dictionary, .range: true
      case .undefined(let undefined): (try? renderer.refuse(undefined)) != nil
      case .object(let object): object.tuple != nil
      default: false
      }
    },
    "iterable": { value, _, renderer in
      switch value {
      case .string, .list, .tuple, .dictionary, .range, .iterator, .view: return true
      case .undefined(let undefined):
        try renderer.refuse(undefined)
        return true
      case .object(let object): return object is LoopState
      default: return false
      }
    },
    "callable": kind {
      switch $0 {
      case .function: true
      case .object(let object): !(object is Namespace || object is Cycler)
      // Python's Undefined has a method for being called, which raises.
      case .undefined: true
      default: false
      }
    },
    "escaped": kind { _ in false },
    "lower": { value, _, renderer in
      let text = try renderer.text(value)
      guard case .function(let test)? = try? renderer.attribute("islower", of: .string(text)),
        case .boolean(let result) = try test.body(JinjaArguments(), renderer)
      else { return false }
      return result
    },
    "upper": { value, _, renderer in
      let text = try renderer.text(value)
      guard case .function(let test)? = try? renderer.attribute("isupper", of: .string(text)),
        case .boolean(let result) = try test.body(JinjaArguments(), renderer)
      else { return false }
      return result
    },
    "odd": { value, _, renderer in try remainder(value, .integer(2), renderer) == 1 },
    "even": { value, _, renderer in try remainder(value, .integer(2), renderer) == 0 },
    "divisibleby": { value, arguments, renderer in
      let values = try arguments.bound(to: ["num"], required: 1, of: "divisibleby")
      return try remainder(value, values[0] ?? .none, renderer) == 0
    },
    "filter": { value, _, renderer in Filters.named[try renderer.text(value)] != nil },
    "test": { value, _, renderer in named[try renderer.text(value)] != nil },
    "sameas": { value, arguments, renderer in
      let values = try arguments.bound(to: ["other"], required: 1, of: "sameas")
      return isSame(value, values[0] ?? .none)
    },
    "in": { value, arguments, renderer in
      let values = try arguments.bound(to: ["seq"], required: 1, of: "in")
      return try Compare.contains(values[0] ?? .none, value, renderer)
    },
  ]

  private static func remainder(
    _ value: JinjaValue, _ divisor: JinjaValue, _ renderer: Renderer
  ) throws -> Int? {
    // Python's % formats a text, and that is no number.
    if case .string = value {
      _ = try Arithmetic.binary(.remainder, value, divisor, renderer)
      return nil
    }
    guard Arithmetic.number(value) != nil else {
      if case .undefined(let undefined) = value { throw JinjaError(.undefined, undefined.hint) }
      throw JinjaError(
        .type, "unsupported operand type(s) for %: '\(value.typeName)' and 'int'")
    }
    switch try Arithmetic.binary(.remainder, value, divisor, renderer) {
    case .integer(let value): return value
    case .float(let value): return Int(exactly: value)
    default: return nil
    }
  }

  private static func isSame(_ left: JinjaValue, _ right: JinjaValue) -> Bool {
    switch (left, right) {
    case (.none, .none): true
    case (.boolean(let left), .boolean(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.string(let left), .string(let right)): left.hasSameScalars(right)
    case (.list(let left), .list(let right)): left === right
    case (.dictionary(let left), .dictionary(let right)): left === right
    case (.object(let left), .object(let right)): left === right
    default: false
    }
  }

  private static func comparison(_ comparison: Comparison) -> Test {
    { value, arguments, renderer in
      let values = try arguments.bound(to: ["other"], required: 1, of: comparison.rawValue)
      return try Compare.holds(comparison, value, values[0] ?? .none, renderer)
    }
  }

  nonisolated(unsafe) private static let comparisons: [String: Test] = {
    let names: [Comparison: [String]] = [
      .equal: ["==", "eq", "equalto"], .notEqual: ["!=", "ne"], .less: ["<", "lt", "lessthan"],
      .lessOrEqual: ["<=", "le"], .greater: [">", "gt", "greaterthan"],
      .greaterOrEqual: [">=", "ge"],
    ]
    return names.reduce(into: [:]) { tests, entry in
      for name in entry.value { tests[name] = comparison(entry.key) }
    }
  }()
}
