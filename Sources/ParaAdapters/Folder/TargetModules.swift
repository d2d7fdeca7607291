import ParaJSON

/// Which modules an adapter is made for: PEFT's `check_target_module_exists`.
struct TargetModules {
  let modules: ModuleSet
  let excluded: ModuleSet?
  /// The layers, if not all.
  let layers: Set<Int>?
  /// What precedes a layer's number in a path; any if there is none.
  let layersPattern: [Regex<AnyRegexOutput>]

  /// - Parameter layer: The number that the path names.
  func contains(_ module: String, layer: Int?) -> Bool {
    if let excluded, excluded.contains(module) { return false }
    guard modules.contains(module) else { return false }
    if case .list(let names) = modules, names.contains(module) { return true }
    guard let layers else { return true }
    guard let layer, layers.contains(layer) else { return false }
    return layersPattern.isEmpty
      || layersPattern.contains { (try? $0.prefixMatch(in: module)) != nil }
  }
}

/// A set of a model's modules as PEFT describes one: all linear ones but the head, a regular expression
/// for the whole path, or a list of paths and of their ends.
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

extension AdapterConfiguration {
  /// A list of names or an expression; nil where the key is absent.
  func modules(_ key: String) throws -> ModuleSet? {
    switch self[key] {
    case nil: return nil
    case .string(let text) where text.lowercased() == "all-linear": return .allLinear
    case .string(let text): return .expression(try expression(text, key))
    case let value?:
      guard let names = value.strings else { throw wrong(key, "a list of names or an expression") }
      return .list(names)
    }
  }

  private func expression(_ text: String, _ key: String) throws -> NamePattern {
    do {
      return try NamePattern(expression: text)
    } catch {
      throw wrong(key, "a list of names or a regular expression")
    }
  }

  /// The modules that the configuration names; nil if it leaves them to the tensors, as PEFT's own
  /// configurations never do once they are saved.
  func targetModules() throws -> TargetModules? {
    guard let modules = try modules("target_modules") else { return nil }
    let layers = try layersToTransform()
    let layersPattern = try layersPattern(layers)
    if layers != nil {
      guard case .list = modules else {
        throw wrong("layers_to_transform", "absent where target_modules is not a list")
      }
    }
    return TargetModules(
      modules: modules, excluded: try exclusions(), layers: layers,
      layersPattern: layersPattern)
  }

  private func exclusions() throws -> ModuleSet? {
    if let value = self["exclude_modules"], value.asksForNothing { return nil }
    return try modules("exclude_modules")
  }

  private func layersToTransform() throws -> Set<Int>? {
    guard let value = self["layers_to_transform"], value != .array([]) else { return nil }
    guard let layers = value.integers else {
      throw wrong("layers_to_transform", "the numbers of layers")
    }
    return Set(layers)
  }

  private func layersPattern(_ layers: Set<Int>?) throws -> [Regex<AnyRegexOutput>] {
    guard let value = self["layers_pattern"], !value.asksForNothing else { return [] }
    guard layers != nil, let texts = value.strings,
      let parsed = try? texts.map({ try Regex(".*\\.\($0)\\.\\d+\\.") })
    else {
      throw wrong("layers_pattern", "names before layers' numbers, with layers_to_transform")
    }
    return parsed
  }
}
