import ParaModel

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
