import ParaModel

/// A set of a model's modules as PEFT 0.18 describes one: all linear ones but the head, a regular
/// expression for the whole path, or a list of paths and of their ends.
enum ModuleSet {
  case allLinear
  case expression(NamePattern)
  case list([String])

  func contains(_ module: String) -> Bool {
    switch self {
    case .allLinear: module.hasPrefix("model.layers.")
    case .expression(let pattern): pattern.matches(module)
    case .list(let names): names.contains { NamePattern(suffix: $0).matches(module) }
    }
  }

  /// As PEFT compares `feedforward_modules`: a list's names are ends of the text, wherever a
  /// component begins.
  func containsByEnding(_ module: String) -> Bool {
    guard case .list(let names) = self else { return contains(module) }
    return names.contains { module.hasSuffix($0) }
  }
}
