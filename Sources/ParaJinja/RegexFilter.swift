import ParaRegex

/// `regex_replace`, the one filter that lm-evaluation-harness adds to jinja2's: Python's `re.sub`. Chat
/// templates do not have it.
enum RegexFilter {
  nonisolated(unsafe) static let named: [String: Filters.Filter] = Filters.table(
    Filters.filter("regex_replace", ["pattern", "repl", "count"], required: 2, replaced))

  private static func replaced(
    _ value: JinjaValue, _ arguments: StringMethods.Bound, _ renderer: Renderer
  ) throws -> JinjaValue {
    guard renderer.options.isStrict else {
      throw JinjaError(.syntax, "the filter 'regex_replace' is there in tasks only")
    }
    guard case .string(let text) = value, case .string(let pattern)? = arguments.values[0],
      case .string(let replacement)? = arguments.values[1]
    else { throw JinjaError(.type, "regex_replace() takes texts") }
    do {
      let result = try PythonRegex(pattern).replacing(
        in: text, with: replacement, count: try arguments.integer(2) ?? 0)
      try renderer.spend(bytes: result.utf8.count)
      return .string(result)
    } catch let error as PythonRegexError {
      throw JinjaError(.type, error.message)
    }
  }
}
