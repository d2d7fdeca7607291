/// Variables by name, inside those of the scope around it.
///
/// A reference, because a macro sees its surroundings as they are when it is called.
final class Scope {
  private var variables: [String: JinjaValue]
  private let parent: Scope?

  init(_ variables: [String: JinjaValue] = [:], inside parent: Scope? = nil) {
    self.variables = variables
    self.parent = parent
  }

  subscript(name: String) -> JinjaValue? {
    var scope: Scope? = self
    while let current = scope {
      if let value = current.variables[name] { return value }
      scope = current.parent
    }
    return nil
  }

  /// Sets a variable in this very scope: an outer one of the same name stays.
  func set(_ name: String, _ value: JinjaValue) { variables[name] = value }

  /// The names that can be seen from here.
  var names: Set<String> {
    (parent?.names ?? []).union(variables.keys)
  }
}
