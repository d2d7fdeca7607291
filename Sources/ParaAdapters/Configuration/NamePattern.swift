/// Names of modules as PEFT writes them in lists and as keys: the end of a module's path, or a
/// regular expression.
struct NamePattern {
  let text: String
  private let expression: Regex<AnyRegexOutput>?

  /// A regular expression in Python's syntax, as far as Swift's `Regex` shares it.
  init(expression text: String) throws {
    self.text = text
    expression = try Regex(text)
  }

  /// The last components of a path, taken literally.
  init(suffix text: String) {
    self.text = text
    expression = nil
  }

  /// A key of `rank_pattern` and `alpha_pattern`: an expression for the last components.
  init(key: String) throws {
    // Most keys are plain paths, and an adapter may have one for each module.
    let isPlain = key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    text = key
    expression = isPlain ? nil : try Regex("(.*\\.)?(\(key))")
  }

  func matches(_ module: String) -> Bool {
    if let expression { return (try? expression.wholeMatch(in: module)) != nil }
    return module == text || module.hasSuffix("." + text)
  }
}
