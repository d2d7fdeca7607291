import ParaCheckpoints
import ParaJSON
import ParaRegex

/// Which modules an adapter is made for: PEFT's `check_target_module_exists`.
struct TargetModules {
  let modules: ModuleSet
  let excluded: ModuleSet?
  /// The layers, if not all.
  let layers: Set<Int>?
  /// What precedes a layer's number in a path; any if there is none.
  let layersPattern: [PythonRegex]

  /// - Parameter layer: The number that the path names.
  /// - Throws: `PythonRegexError` for an expression that takes too long.
  func contains(_ module: String, layer: Int?) throws -> Bool {
    if let excluded, try excluded.contains(module) { return false }
    guard try modules.contains(module) else { return false }
    if case .list(let names) = modules, names.contains(module) { return true }
    guard let layers else { return true }
    guard let layer, layers.contains(layer) else { return false }
    return try layersPattern.isEmpty || layersPattern.contains { try $0.match(in: module) != nil }
  }
}

/// A set of a model's modules as PEFT describes one: all linear ones but the head, a regular expression
/// for the whole path, or a list of paths and of their ends.
enum ModuleSet {
  case allLinear
  case expression(PythonRegex)
  case list([String])

  func contains(_ module: String) throws -> Bool {
    switch self {
    case .allLinear: module.hasPrefix("model.layers.")
    case .expression(let expression): try expression.fullMatch(in: module) != nil
    case .list(let names): names.contains { module.endsInPath($0) }
    }
  }

  /// As PEFT compares `feedforward_modules`: a list's names are ends of the text, wherever a
  /// component begins.
  func containsByEnding(_ module: String) throws -> Bool {
    guard case .list(let names) = self else { return try contains(module) }
    return names.contains { module.hasSuffix($0) }
  }
}

/// A key of `rank_pattern` and `alpha_pattern`: a regular expression for the last components of a
/// module's path.
struct NamePattern {
  private let key: String
  /// Nil for a plain path: most keys are, and an adapter may have one for each module.
  private let expression: PythonRegex?

  init(_ key: String) throws(PythonRegexError) {
    self.key = key
    let isPlain = key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    expression = isPlain ? nil : try PythonRegex("(.*\\.)?(\(key))$")
  }

  /// - Throws: `PythonRegexError` for an expression that takes too long.
  func matches(_ module: String) throws -> Bool {
    guard let expression else { return module.endsInPath(key) }
    return try expression.match(in: module) != nil
  }
}

extension String {
  /// Whether these are the last components of the path.
  fileprivate func endsInPath(_ path: String) -> Bool { self == path || hasSuffix("." + path) }
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

  private func expression(_ text: String, _ key: String) throws -> PythonRegex {
    do {
      return try PythonRegex(text)
    } catch {
      throw unusable(key, error)
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

  private func layersPattern(_ layers: Set<Int>?) throws -> [PythonRegex] {
    let key = "layers_pattern"
    guard let value = self[key], !value.asksForNothing else { return [] }
    guard layers != nil, let texts = value.strings else {
      throw wrong(key, "names before layers' numbers, with layers_to_transform")
    }
    do {
      return try texts.map { text throws(PythonRegexError) in
        try PythonRegex(".*\\.\(text)\\.(\\d+)\\.")
      }
    } catch {
      throw unusable(key, error)
    }
  }

  /// The error that Python's `re` has no use for a key's expression, or we have none.
  func unusable(_ key: String, _ error: PythonRegexError) -> CheckpointError {
    CheckpointError(.unsupported, url, "has \(key) that cannot be used: \(error.message)")
  }
}
