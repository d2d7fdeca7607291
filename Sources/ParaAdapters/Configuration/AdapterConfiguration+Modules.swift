import ParaModel

extension AdapterConfiguration {
  /// A list of names or an expression; nil where the key is absent.
  func modules(_ key: String) throws -> ModuleSet? {
    switch self[key] {
    case nil: return nil
    case .text(let text) where text.lowercased() == "all-linear": return .allLinear
    case .text(let text): return .expression(try expression(text, key))
    case let value?:
      guard let names = value.texts else { throw wrong(key, "a list of names or an expression") }
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
    var patterns: [Regex<AnyRegexOutput>] = []
    if let value = self["layers_pattern"], !value.isEmpty {
      guard layers != nil, let texts = value.texts,
        let parsed = try? texts.map({ try Regex(".*\\.\($0)\\.\\d+\\.") })
      else {
        throw wrong("layers_pattern", "names before layers' numbers, with layers_to_transform")
      }
      patterns = parsed
    }
    if layers != nil {
      guard case .list = modules else {
        throw wrong("layers_to_transform", "absent where target_modules is not a list")
      }
    }
    return TargetModules(
      modules: modules, excluded: try exclusions(), layers: layers, layersPattern: patterns)
  }

  private func exclusions() throws -> ModuleSet? {
    if let value = self["exclude_modules"], value.isEmpty { return nil }
    return try modules("exclude_modules")
  }

  private func layersToTransform() throws -> Set<Int>? {
    guard let value = self["layers_to_transform"], value != .list([]) else { return nil }
    guard let layers = value.integers else {
      throw wrong("layers_to_transform", "the numbers of layers")
    }
    return Set(layers)
  }
}
