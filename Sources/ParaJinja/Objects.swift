/// `loop` in a `for`.
final class LoopState: JinjaObject {
  let elements: [JinjaValue]
  let depth: Int
  var index = 0
  /// Runs the loop over other elements, where it is recursive.
  var recurse: ((JinjaValue) throws -> String)?
  private var lastChanged: [JinjaValue]?

  init(_ elements: [JinjaValue], depth: Int) {
    self.elements = elements
    self.depth = depth
  }

  let typeName = "LoopContext"

  /// The elements behind the present one, as iterating over `loop` gives them.
  func rest() -> [JinjaValue] { Array(elements[min(index + 1, elements.count)...]) }

  func attribute(_ name: String) -> JinjaValue? {
    switch name {
    case "index": .integer(index + 1)
    case "index0": .integer(index)
    case "revindex": .integer(elements.count - index)
    case "revindex0": .integer(elements.count - index - 1)
    case "first": .boolean(index == 0)
    case "last": .boolean(index == elements.count - 1)
    case "length": .integer(elements.count)
    case "depth": .integer(depth + 1)
    case "depth0": .integer(depth)
    case "previtem": neighbour(index - 1, "there is no previous item")
    case "nextitem": neighbour(index + 1, "there is no next item")
    case "cycle": .function(JinjaFunction("cycle") { [self] in try cycle($0, $1) })
    case "changed": .function(JinjaFunction("changed") { [self] in try changed($0, $1) })
    default: nil
    }
  }

  private func neighbour(_ place: Int, _ hint: String) -> JinjaValue {
    elements.indices.contains(place) ? elements[place] : .undefined(Undefined(hint))
  }

  private func cycle(_ arguments: JinjaArguments, _ renderer: Renderer) throws -> JinjaValue {
    guard !arguments.positional.isEmpty else {
      throw JinjaError(.type, "no items for cycling given")
    }
    return arguments.positional[index % arguments.positional.count]
  }

  private func changed(_ arguments: JinjaArguments, _ renderer: Renderer) throws -> JinjaValue {
    let values = arguments.positional
    let isSame =
      try lastChanged.map {
        try Compare.equal(.tuple($0), .tuple(values), renderer)
      } ?? false
    lastChanged = values
    return .boolean(!isSame)
  }

  func call(_ arguments: JinjaArguments, _ renderer: Renderer) throws -> JinjaValue {
    guard let recurse else {
      throw JinjaError(
        .type, "the loop is called, but is not marked 'recursive'")
    }
    let values = try arguments.bound(to: ["iterable"], required: 1, of: "loop")
    return .string(try recurse(values[0] ?? .none))
  }
}

/// `namespace(…)`: variables that can be set from inside a loop.
final class Namespace: JinjaObject {
  var attributes: [String: JinjaValue]
  let typeName = "Namespace"

  init(_ attributes: [String: JinjaValue]) { self.attributes = attributes }

  func attribute(_ name: String) -> JinjaValue? { attributes[name] }
}

/// `cycler(…)`
final class Cycler: JinjaObject {
  private let items: [JinjaValue]
  private var place = 0
  let typeName = "Cycler"

  init(_ items: [JinjaValue]) { self.items = items }

  func attribute(_ name: String) -> JinjaValue? {
    switch name {
    case "current": items[place]
    case "next":
      .function(
        JinjaFunction("next") { [self] _, _ in
          defer { place = (place + 1) % items.count }
          return items[place]
        })
    case "reset":
      .function(
        JinjaFunction("reset") { [self] _, _ in
          place = 0
          return .none
        })
    default: nil
    }
  }
}

/// `joiner(…)`: nothing at the first call, the separator at all others.
final class Joiner: JinjaObject {
  private let separator: JinjaValue
  private var isUsed = false
  let typeName = "Joiner"

  init(_ separator: JinjaValue) { self.separator = separator }

  func attribute(_ name: String) -> JinjaValue? { nil }

  func call(_ arguments: JinjaArguments, _ renderer: Renderer) -> JinjaValue {
    defer { isUsed = true }
    return isUsed ? separator : .string("")
  }
}

/// What `macro` and `call` define.
final class Macro: JinjaObject {
  private let definition: MacroDefinition
  private let scope: Scope
  let typeName = "Macro"

  init(_ definition: MacroDefinition, _ scope: Scope) {
    self.definition = definition
    self.scope = scope
  }

  /// As jinja2 prints it.
  var description: String {
    definition.isAnonymous ? "<Macro anonymous>" : "<Macro '\(definition.name)'>"
  }

  func attribute(_ name: String) -> JinjaValue? {
    switch name {
    case "name": definition.isAnonymous ? .none : .string(definition.name)
    case "arguments": .tuple(definition.parameters.map { .string($0.name) })
    case "catch_kwargs": .boolean(definition.reads.contains("kwargs"))
    case "catch_varargs": .boolean(definition.reads.contains("varargs"))
    case "caller": .boolean(definition.reads.contains("caller"))
    default: nil
    }
  }

  func call(_ arguments: JinjaArguments, _ renderer: Renderer) throws -> JinjaValue {
    let inner = Scope(inside: scope)
    var named = arguments.named
    for (index, parameter) in definition.parameters.enumerated() {
      inner.set(
        parameter.name, try value(of: parameter, index, arguments, &named, inner, renderer))
    }
    try bindRest(arguments, named, inner)
    return .string(try renderer.capture(definition.body, inner))
  }

  private func value(
    of parameter: (name: String, fallback: Expression?), _ index: Int,
    _ arguments: JinjaArguments, _ named: inout [(name: String, value: JinjaValue)],
    _ inner: Scope, _ renderer: Renderer
  ) throws -> JinjaValue {
    if let place = named.firstIndex(where: { $0.name == parameter.name }) {
      guard index >= arguments.positional.count else {
        throw JinjaError(
          .type, "macro '\(definition.name)' got two values for the argument '\(parameter.name)'")
      }
      return named.remove(at: place).value
    }
    if index < arguments.positional.count { return arguments.positional[index] }
    if let fallback = parameter.fallback { return try renderer.evaluate(fallback, inner) }
    return .undefined(Undefined("parameter '\(parameter.name)' was not provided"))
  }

  /// `caller`, `varargs` and `kwargs`: what the body does not read is an unknown argument.
  private func bindRest(
    _ arguments: JinjaArguments, _ named: [(name: String, value: JinjaValue)], _ inner: Scope
  ) throws {
    var named = named
    if definition.reads.contains("caller"),
      !definition.parameters.contains(where: { $0.name == "caller" })
    {
      let place = named.firstIndex { $0.name == "caller" }
      inner.set(
        "caller",
        place.map { named.remove(at: $0).value }
          ?? .undefined(Undefined("no caller defined")))
    }
    if definition.reads.contains("kwargs") {
      inner.set("kwargs", .dictionary(JinjaDictionary(strings: named.map { ($0.name, $0.value) })))
    } else if let first = named.first {
      throw JinjaError(
        .type, "macro '\(definition.name)' takes no keyword argument '\(first.name)'")
    }
    let extra = arguments.positional.dropFirst(definition.parameters.count)
    if definition.reads.contains("varargs") {
      inner.set("varargs", .tuple(Array(extra)))
    } else if !extra.isEmpty {
      throw JinjaError(
        .type,
        "macro '\(definition.name)' takes not more than \(definition.parameters.count) argument(s)")
    }
  }
}
