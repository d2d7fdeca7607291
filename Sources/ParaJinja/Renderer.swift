/// One rendering: walks the statements, writes the text, and counts what it costs.
package final class Renderer {
  let options: JinjaOptions
  private var output = ""
  private var steps = 0
  private var bytes = 0
  private var depth = 0

  init(_ options: JinjaOptions) { self.options = options }

  /// How the statements before ended.
  private enum Flow { case onward, breakLoop, continueLoop }

  func render(_ body: [Statement], _ variables: [String: JinjaValue]) throws -> String {
    let globals = Scope(Globals.functions)
    _ = try run(body, Scope(variables, inside: globals))
    return output
  }

  // MARK: Limits

  /// Notes work done.
  func spend(steps count: Int) throws {
    steps += count
    if steps > options.limits.steps {
      throw JinjaError(.limit, "the template takes more than \(options.limits.steps) steps")
    }
  }

  /// Notes memory taken; it is never given back, which bounds what is alive at once.
  func spend(bytes count: Int) throws {
    bytes = bytes.addingReportingOverflow(count).partialValue
    if count > options.limits.bytes || bytes > options.limits.bytes || bytes < 0 {
      throw JinjaError(
        .limit, "the template makes more than \(options.limits.bytes) bytes of text and lists")
    }
  }

  func nested<Result>(_ body: () throws -> Result) throws -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= options.limits.depth else {
      throw JinjaError(
        .limit, "calls nest deeper than \(options.limits.depth) levels")
    }
    return try body()
  }

  // MARK: Statements

  /// The text that statements write, apart from the output.
  func capture(_ body: [Statement], _ scope: Scope) throws -> String {
    let before = output
    output = ""
    defer { output = before }
    _ = try run(body, scope)
    return output
  }

  private func write(_ text: String) throws {
    try spend(bytes: text.utf8.count)
    output += text
  }

  private func run(_ body: [Statement], _ scope: Scope) throws -> Flow {
    for statement in body {
      let flow = try run(statement, scope)
      if flow != .onward { return flow }
    }
    return .onward
  }

  private func run(_ statement: Statement, _ scope: Scope) throws -> Flow {
    try spend(steps: 1)
    switch statement {
    case .text(let text): try write(text)
    case .print(let expression, let position):
      try locating(position) { try write(text(evaluate(expression, scope))) }
    case .branches(let branches, let otherwise):
      for branch in branches where try isTrue(evaluate(branch.condition, scope)) {
        return try run(branch.body, scope)
      }
      return try run(otherwise, scope)
    case .loop(let loop):
      try locating(loop.position) {
        try run(loop, over: evaluate(loop.iterable, scope), scope, depth: 0)
      }
    case .set(let target, let expression, let position):
      try locating(position) { try assign(evaluate(expression, scope), to: target, scope) }
    case .setBlock(let target, let filters, let body, let position):
      let text = try capture(body, Scope(inside: scope))
      try locating(position) {
        try assign(apply(filters, to: .string(text), scope), to: target, scope)
      }
    case .macro(let definition):
      scope.set(definition.name, .object(Macro(definition, scope)))
    case .callBlock(let call, let definition, let position):
      try locating(position) {
        let caller = JinjaValue.object(Macro(definition, scope))
        guard case .call(let callee, let arguments, _) = call else { return }
        var evaluated = try evaluate(arguments, scope)
        evaluated.named.append(("caller", caller))
        try write(text(self.call(evaluate(callee, scope), evaluated)))
      }
    case .filterBlock(let filters, let body):
      let text = try capture(body, Scope(inside: scope))
      try write(self.text(apply(filters, to: .string(text), scope)))
    case .with(let assignments, let body):
      let inner = Scope(inside: scope)
      // Values see the scope outside, not one another.
      for (target, expression) in assignments {
        try assign(evaluate(expression, scope), to: target, inner)
      }
      return try run(body, inner)
    case .scope(let body): return try run(body, Scope(inside: scope))
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .onward
  }

  func locating<Result>(_ position: SourcePosition, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as JinjaError { throw error.located(at: position) }
  }

  // MARK: Loops

  private func run(_ loop: Loop, over iterable: JinjaValue, _ scope: Scope, depth: Int) throws {
    var elements = try self.elements(iterable)
    if let condition = loop.condition {
      elements = try elements.filter { element in
        let inner = Scope(inside: scope)
        try assign(element, to: loop.target, inner)
        return try isTrue(evaluate(condition, inner))
      }
    }
    let state = LoopState(elements, depth: depth)
    if loop.isRecursive {
      state.recurse = { [unowned self] value in
        try nested {
          let before = output
          output = ""
          defer { output = before }
          try run(loop, over: value, scope, depth: depth + 1)
          return output
        }
      }
    }
    // jinja2 runs the `else` also where no round came to its end, by `break` or `continue`.
    var isCompleted = false
    for (index, element) in elements.enumerated() {
      try spend(steps: 1)
      state.index = index
      let inner = Scope(inside: scope)
      inner.set("loop", .object(state))
      try assign(element, to: loop.target, inner)
      let flow = try run(loop.body, inner)
      if flow == .onward { isCompleted = true }
      if flow == .breakLoop { break }
    }
    if !isCompleted { _ = try run(loop.otherwise, Scope(inside: scope)) }
  }

  // MARK: Assignments

  func assign(_ value: JinjaValue, to target: AssignmentTarget, _ scope: Scope) throws {
    switch target {
    case .name(let name): scope.set(name, value)
    case .tuple(let targets):
      let elements = try self.elements(value)
      guard elements.count == targets.count else {
        throw JinjaError(
          .type, "\(elements.count) values cannot be unpacked into \(targets.count) names")
      }
      for (target, element) in zip(targets, elements) { try assign(element, to: target, scope) }
    case .attribute(let name, let attribute, let position):
      guard case .object(let object)? = scope[name], let namespace = object as? Namespace else {
        throw JinjaError(
          .type, "an attribute can only be set on a namespace, and '\(name)' is none", at: position)
      }
      namespace.attributes[attribute] = value
    }
  }
}
