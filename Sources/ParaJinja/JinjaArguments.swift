/// The evaluated arguments of a call.
package struct JinjaArguments {
  package var positional: [JinjaValue]
  package var named: [(name: String, value: JinjaValue)]

  package init(_ positional: [JinjaValue] = [], named: [(name: String, value: JinjaValue)] = []) {
    self.positional = positional
    self.named = named
  }

  /// - Throws: A `type` error if there are arguments by name.
  func refuseNames(of function: String) throws {
    if !named.isEmpty { throw JinjaError(.type, "\(function)() takes no keyword arguments") }
  }

  /// The arguments by a signature such as `("width", "first", "blank")`; nil where one is left out.
  ///
  /// - Throws: A `type` error for too many, unknown or doubled ones, or fewer than `required`.
  func bound(
    to names: [String], required: Int = 0, of function: String
  ) throws -> [JinjaValue?] {
    guard positional.count <= names.count else {
      throw JinjaError(
        .type, "\(function)() takes \(names.count) arguments and got \(positional.count)")
    }
    var values = positional.map(Optional.some)
    values += Array(repeating: nil, count: names.count - positional.count)
    for (name, value) in named {
      guard let index = names.firstIndex(of: name), values[index] == nil else {
        throw JinjaError(.type, "\(function)() has no use for the argument '\(name)'")
      }
      values[index] = value
    }
    for index in 0..<required where values[index] == nil {
      throw JinjaError(.type, "\(function)() lacks the argument '\(names[index])'")
    }
    return values
  }
}
