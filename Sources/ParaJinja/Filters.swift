/// jinja2's filters, behind `|`, by name.
enum Filters {
  typealias Filter = (JinjaValue, JinjaArguments, Renderer) throws -> JinjaValue

  nonisolated(unsafe) static let named: [String: Filter] =
    TextFilters.named.merging(NumberFilters.named) { $1 }.merging(SequenceFilters.named) { $1 }
    .merging(SelectionFilters.named) { $1 }.merging(RegexFilter.named) { $1 }
    .merging(unsupported) { $1 }

  static func unknown(_ name: String, at position: SourcePosition) -> JinjaError {
    JinjaError(
      .syntax, "there is no filter '\(name)'\(Spelling.hint(name, among: named.keys))",
      at: position)
  }

  /// Known to jinja2, refused by name: random results, HTML, and Python's pretty printer.
  nonisolated(unsafe) private static let unsupported: [String: Filter] =
    ["random", "pprint", "urlize", "xmlattr"].reduce(into: [:]) { filters, name in
      filters[name] = { _, _, _ in
        throw JinjaError(.unsupported, "the filter '\(name)' is not honoured here")
      }
    }

  /// A filter whose arguments have names.
  static func filter(
    _ name: String, _ names: [String] = [], required: Int = 0,
    _ body: @escaping (JinjaValue, StringMethods.Bound, Renderer) throws -> JinjaValue
  ) -> (String, Filter) {
    (
      name,
      { value, arguments, renderer in
        try body(
          value,
          StringMethods.Bound(
            name: name, values: try arguments.bound(to: names, required: required, of: name)),
          renderer)
      }
    )
  }

  static func table(_ filters: (String, Filter)...) -> [String: Filter] {
    Dictionary(filters) { $1 }
  }
}

extension StringMethods.Bound {
  /// A flag; the fallback where it is left out.
  func flag(_ index: Int, _ fallback: Bool, _ renderer: Renderer) throws -> Bool {
    try values[index].map(renderer.isTrue) ?? fallback
  }
}
