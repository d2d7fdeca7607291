/// The functions that every template can call.
enum Globals {
  nonisolated(unsafe) static let functions: [String: JinjaValue] = {
    let list: [JinjaFunction] = [
      JinjaFunction("range", range), JinjaFunction("dict", dictionary),
      JinjaFunction("namespace", namespace),
      JinjaFunction("cycler") { arguments, _ in
        guard !arguments.positional.isEmpty else {
          throw JinjaError(.type, "at least one item has to be provided")
        }
        return .object(Cycler(arguments.positional))
      },
      JinjaFunction("joiner") { arguments, _ in
        let values = try arguments.bound(to: ["sep"], of: "joiner")
        return .object(Joiner(values[0] ?? .string(", ")))
      },
      JinjaFunction("lipsum") { _, _ in
        throw JinjaError(.unsupported, "lipsum() writes random text and is not honoured here")
      },
    ]
    return list.reduce(into: [:]) { $0[$1.name] = .function($1) }
  }()

  /// How Python prints those of the functions that are classes.
  static let classes = [
    "range": "range", "dict": "dict", "namespace": "jinja2.utils.Namespace",
    "cycler": "jinja2.utils.Cycler", "joiner": "jinja2.utils.Joiner",
  ]

  /// The sandbox's own bound.
  private static let longestRange = 100_000

  private static func range(_ arguments: JinjaArguments, _ renderer: Renderer) throws -> JinjaValue
  {
    let numbers = try arguments.positional.map { value -> Int in
      switch value {
      case .integer(let value): return value
      case .boolean(let value): return value ? 1 : 0
      case .undefined(let undefined): throw JinjaError(.undefined, undefined.hint)
      default:
        throw JinjaError(
          .type, "'\(value.typeName)' object cannot be interpreted as an integer")
      }
    }
    guard (1...3).contains(numbers.count), arguments.named.isEmpty else {
      throw JinjaError(.type, "range expected 1 to 3 arguments, got \(numbers.count)")
    }
    let step = numbers.count == 3 ? numbers[2] : 1
    guard step != 0 else { throw JinjaError(.type, "range() arg 3 must not be zero") }
    guard numbers.allSatisfy({ abs($0.clamped) < 1 << 40 }) else {
      throw JinjaError(.limit, "range() has bounds beyond 2^40")
    }
    let range =
      numbers.count == 1
      ? JinjaRange(start: 0, stop: numbers[0], step: 1)
      : JinjaRange(start: numbers[0], stop: numbers[1], step: step)
    guard range.count <= longestRange else {
      throw JinjaError(.limit, "range() has more than \(longestRange) elements")
    }
    return .range(range)
  }

  /// `dict(pairs, name=value)`
  private static func dictionary(
    _ arguments: JinjaArguments, _ renderer: Renderer
  ) throws -> JinjaValue {
    guard arguments.positional.count <= 1 else {
      throw JinjaError(
        .type, "dict expected at most 1 argument, got \(arguments.positional.count)")
    }
    let dictionary = JinjaDictionary()
    switch arguments.positional.first {
    case nil: break
    case .dictionary(let other): for (key, value) in other.pairs { try dictionary.set(key, value) }
    case .some(let value):
      for pair in try renderer.elements(value) {
        let elements = try renderer.elements(pair)
        guard elements.count == 2 else {
          throw JinjaError(.type, "dict() takes pairs, not \(elements.count) values")
        }
        try dictionary.set(elements[0], elements[1])
      }
    }
    for (name, value) in arguments.named { try dictionary.set(.string(name), value) }
    return .dictionary(dictionary)
  }

  private static func namespace(
    _ arguments: JinjaArguments, _ renderer: Renderer
  ) throws -> JinjaValue {
    guard case .dictionary(let dictionary) = try dictionary(arguments, renderer) else {
      return .none
    }
    var attributes: [String: JinjaValue] = [:]
    for case (.string(let name), let value) in dictionary.pairs { attributes[name] = value }
    return .object(Namespace(attributes))
  }
}

extension Int {
  /// Where `abs` is defined.
  fileprivate var clamped: Int { Swift.max(self, -.max) }
}
