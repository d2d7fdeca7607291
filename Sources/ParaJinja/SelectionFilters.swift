/// `map`, `select`, `reject` and the like, which take the name of a filter or test; `default` and `attr`.
enum SelectionFilters {
  nonisolated(unsafe) static let named: [String: Filters.Filter] = [
    "map": map, "select": selecting(true, byAttribute: false),
    "reject": selecting(false, byAttribute: false),
    "selectattr": selecting(true, byAttribute: true),
    "rejectattr": selecting(false, byAttribute: true), "default": fallback, "d": fallback,
    "attr": { value, arguments, renderer in
      let values = try arguments.bound(to: ["name"], required: 1, of: "attr")
      let name = try renderer.text(values[0] ?? .none)
      if case .undefined(let undefined) = value { throw JinjaError(.undefined, undefined.hint) }
      return try renderer.ownAttribute(name, of: value)
        ?? .undefined(Undefined("'\(value.typeName)' object has no attribute '\(name)'"))
    },
  ]

  private static func fallback(
    _ value: JinjaValue, _ arguments: JinjaArguments, _ renderer: Renderer
  ) throws -> JinjaValue {
    let values = try arguments.bound(to: ["default_value", "boolean"], of: "default")
    let replacement = values[0] ?? .string("")
    if case .undefined = value { return replacement }
    let isBoolean = try values[1].map(renderer.isTrue) ?? false
    return try isBoolean && !renderer.isTrue(value) ? replacement : value
  }

  private static func map(
    _ value: JinjaValue, _ arguments: JinjaArguments, _ renderer: Renderer
  ) throws -> JinjaValue {
    // Over nothing jinja2 does not even look the filter up.
    guard try renderer.isTrueOrStrict(value) else { return .iterator(JinjaIterator([])) }
    let elements = try renderer.elements(value)
    if arguments.positional.isEmpty,
      let attribute = arguments.named.first(where: { $0.name == "attribute" })
    {
      let fallback = arguments.named.first { $0.name == "default" }?.value
      guard arguments.named.count == (fallback == nil ? 1 : 2) else {
        throw JinjaError(.type, "map() takes 'attribute' and 'default' alone")
      }
      let path = try AttributePath(attribute.value, fallback: fallback)
      return .iterator(JinjaIterator(try elements.map { try path.value(of: $0, renderer) }))
    }
    guard case .string(let name)? = arguments.positional.first else {
      throw JinjaError(.type, "map requires a filter argument")
    }
    guard let filter = Filters.named[name] else {
      throw JinjaError(
        .syntax, "there is no filter '\(name)'\(Spelling.hint(name, among: Filters.named.keys))")
    }
    let rest = JinjaArguments(Array(arguments.positional.dropFirst()), named: arguments.named)
    return .iterator(JinjaIterator(try elements.map { try filter($0, rest, renderer) }))
  }

  private static func selecting(_ wanted: Bool, byAttribute: Bool) -> Filters.Filter {
    { value, arguments, renderer in
      guard try renderer.isTrueOrStrict(value) else { return .iterator(JinjaIterator([])) }
      let elements = try renderer.elements(value)
      var positional = arguments.positional[...]
      var path: AttributePath?
      if byAttribute {
        guard let attribute = positional.popFirst() else {
          throw JinjaError(.type, "Missing parameter for attribute name")
        }
        path = try AttributePath(attribute)
      }
      var test: Tests.Test = { value, _, renderer in try renderer.isTrue(value) }
      if let first = positional.popFirst() {
        let name = try renderer.text(first)
        guard let found = Tests.named[name] else {
          throw JinjaError(
            .syntax, "there is no test '\(name)'\(Spelling.hint(name, among: Tests.named.keys))")
        }
        test = found
      }
      let rest = JinjaArguments(Array(positional), named: arguments.named)
      let chosen = try elements.filter { element in
        let subject = try path?.value(of: element, renderer) ?? element
        return try test(subject, rest, renderer) == wanted
      }
      return .iterator(JinjaIterator(chosen))
    }
  }
}

extension Renderer {
  /// These filters skip what is false; what is undefined is an error where that is strict.
  fileprivate func isTrueOrStrict(_ value: JinjaValue) throws -> Bool {
    if case .iterator = value { return true }
    return try isTrue(value)
  }
}
