extension Renderer {
  /// The value of an expression.
  func evaluate(_ expression: Expression, _ scope: Scope) throws -> JinjaValue {
    try spend(steps: 1)
    switch expression {
    case .literal(let value): return value
    case .name(let name, _): return scope[name] ?? undefinedName(name, scope)
    case .list(let elements): return .array(try elements.map { try evaluate($0, scope) })
    case .tuple(let elements): return .tuple(try elements.map { try evaluate($0, scope) })
    case .dictionary(let pairs):
      return .dictionary(
        try JinjaDictionary(pairs.map { (try evaluate($0, scope), try evaluate($1, scope)) }))
    case .attribute(let value, let name, let position):
      return try locating(position) { try attribute(name, of: evaluate(value, scope)) }
    case .item(let value, let key, let position):
      return try locating(position) {
        try item(evaluate(key, scope), of: evaluate(value, scope))
      }
    case .slice(let value, let from, let to, let step, let position):
      return try locating(position) {
        try Slice(
          from: from.map { try evaluate($0, scope) }, to: to.map { try evaluate($0, scope) },
          step: step.map { try evaluate($0, scope) }
        ).applied(to: evaluate(value, scope), self)
      }
    case .call(let callee, let arguments, let position):
      return try locating(position) {
        try call(evaluate(callee, scope), evaluate(arguments, scope))
      }
    case .filter(let value, let filter):
      let input = try value.map { try evaluate($0, scope) } ?? .none
      return try apply(filter, to: input, scope)
    case .test(let value, let test):
      return try locating(test.position) {
        let result = try self.test(test, evaluate(value, scope), scope)
        return .boolean(result != test.isNegated)
      }
    case .unary(let operation, let value, let position):
      return try locating(position) {
        try Arithmetic.unary(operation, evaluate(value, scope), self)
      }
    case .binary(let operation, let left, let right, let position):
      return try locating(position) {
        try Arithmetic.binary(operation, evaluate(left, scope), evaluate(right, scope), self)
      }
    case .compare(let first, let rest, let position):
      return try locating(position) { try compare(first, rest, scope) }
    case .concatenate(let parts):
      let texts = try parts.map { try text(evaluate($0, scope)) }
      try spend(bytes: texts.reduce(0) { $0 + $1.utf8.count })
      return .string(texts.joined())
    case .and(let left, let right):
      let value = try evaluate(left, scope)
      return try isTrue(value) ? evaluate(right, scope) : value
    case .or(let left, let right):
      let value = try evaluate(left, scope)
      return try isTrue(value) ? value : evaluate(right, scope)
    case .conditional(let value, let condition, let otherwise):
      if try isTrue(evaluate(condition, scope)) { return try evaluate(value, scope) }
      if let otherwise { return try evaluate(otherwise, scope) }
      return .undefined(
        Undefined(
          "the inline if-expression evaluated to false and no else section was defined",
          isAlwaysLenient: true))
    }
  }

  private func undefinedName(_ name: String, _ scope: Scope) -> JinjaValue {
    .undefined(
      Undefined("'\(name)' is undefined", meant: name) {
        scope.names.subtracting(Globals.functions.keys).sorted()
      })
  }

  func evaluate(_ arguments: CallArguments, _ scope: Scope) throws -> JinjaArguments {
    var result = JinjaArguments(try arguments.positional.map { try evaluate($0, scope) })
    result.named = try arguments.named.map { (name: $0, value: try evaluate($1, scope)) }
    if let list = arguments.list { result.positional += try elements(evaluate(list, scope)) }
    if let more = arguments.dictionary {
      guard case .dictionary(let pairs) = try evaluate(more, scope) else {
        throw JinjaError(.type, "what follows ** must be a dictionary")
      }
      for (key, value) in pairs.pairs {
        guard case .string(let name) = key else {
          throw JinjaError(.type, "keywords must be strings")
        }
        result.named.append((name, value))
      }
    }
    return result
  }

  private func compare(
    _ first: Expression, _ rest: [(Comparison, Expression)], _ scope: Scope
  ) throws -> JinjaValue {
    var left = try evaluate(first, scope)
    for (comparison, expression) in rest {
      let right = try evaluate(expression, scope)
      guard try Compare.holds(comparison, left, right, self) else { return .boolean(false) }
      left = right
    }
    return .boolean(true)
  }

  func call(_ callee: JinjaValue, _ arguments: JinjaArguments) throws -> JinjaValue {
    switch callee {
    case .function(let function): return try function.body(arguments, self)
    case .object(let object): return try nested { try object.call(arguments, self) }
    case .undefined(let undefined): throw JinjaError(.undefined, undefined.hint)
    default: throw JinjaError(.type, "'\(callee.typeName)' object is not callable")
    }
  }

  func apply(_ filter: FilterCall, to value: JinjaValue, _ scope: Scope) throws -> JinjaValue {
    guard let function = Filters.named[filter.name] else {
      throw Filters.unknown(filter.name, at: filter.position)
    }
    return try locating(filter.position) {
      try function(value, evaluate(filter.arguments, scope), self)
    }
  }

  func apply(_ chain: FilterChain, to value: JinjaValue, _ scope: Scope) throws -> JinjaValue {
    try chain.reduce(value) { try apply($1, to: $0, scope) }
  }

  private func test(_ call: TestCall, _ value: JinjaValue, _ scope: Scope) throws -> Bool {
    guard let test = Tests.named[call.name] else {
      throw Tests.unknown(call.name, at: call.position)
    }
    return try test(value, evaluate(call.arguments, scope), self)
  }
}
