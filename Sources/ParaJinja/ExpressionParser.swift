import BigInt

/// Parses expressions by jinja2's grammar, a method a level of precedence.
struct ExpressionParser {
  var tokens: TokenStream
  /// Names read so far, for a macro to know whether it takes `varargs`, `kwargs` and `caller`.
  var namesRead: Set<String> = []
  /// Filters and tests that do not exist: errors of the template, but for those inside branches, which are errors
  /// only if they are reached.
  private(set) var unknownNames: [JinjaError] = []

  init(_ tokens: TokenStream) { self.tokens = tokens }

  mutating func expression(withConditional: Bool = true) throws -> Expression {
    try tokens.enter()
    defer { tokens.leave() }
    return withConditional ? try conditional() : try disjunction()
  }

  /// Those in bodies with a scope of their own, which jinja2 compiles even inside branches.
  private(set) var lastingUnknownNames: [JinjaError] = []

  /// Makes the names found behind the first `count` last.
  mutating func keepUnknownNames(after count: Int) {
    lastingUnknownNames += unknownNames[count...]
    forgetUnknownNames(after: count)
  }

  /// Forgets the names found behind the first `count`.
  mutating func forgetUnknownNames(after count: Int) {
    unknownNames.removeLast(unknownNames.count - count)
  }

  private mutating func conditional() throws -> Expression {
    let known = unknownNames.count
    var value = try disjunction()
    while tokens.skip(name: "if") {
      defer { forgetUnknownNames(after: known) }
      let condition = try disjunction()
      let otherwise = tokens.skip(name: "else") ? try expression() : nil
      value = .conditional(value, if: condition, else: otherwise)
    }
    return value
  }

  private mutating func disjunction() throws -> Expression {
    var left = try conjunction()
    while tokens.skip(name: "or") { left = .or(left, try conjunction()) }
    return left
  }

  private mutating func conjunction() throws -> Expression {
    var left = try negation()
    while tokens.skip(name: "and") { left = .and(left, try negation()) }
    return left
  }

  private mutating func negation() throws -> Expression {
    let position = tokens.position
    guard tokens.skip(name: "not") else { return try comparison() }
    try tokens.enter()
    defer { tokens.leave() }
    return .unary(.not, try negation(), position)
  }

  private mutating func comparison() throws -> Expression {
    let position = tokens.position
    let left = try sum()
    var rest: [(Comparison, Expression)] = []
    while let comparison = takeComparison() { rest.append((comparison, try sum())) }
    return rest.isEmpty ? left : .compare(left, rest, position)
  }

  private mutating func takeComparison() -> Comparison? {
    if case .symbol(let symbol) = tokens.current.kind, let found = Comparison(rawValue: symbol) {
      tokens.advance()
      return found
    }
    if tokens.skip(name: "in") { return .contained }
    if tokens.isName("not"), tokens.isNameNext("in") {
      tokens.advance()
      tokens.advance()
      return .notContained
    }
    return nil
  }

  private mutating func sum() throws -> Expression {
    try chain(["+", "-"]) { try $0.concatenation() }
  }

  private mutating func concatenation() throws -> Expression {
    var parts = [try product()]
    while tokens.skip(symbol: "~") { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : .concatenate(parts)
  }

  private mutating func product() throws -> Expression {
    try chain(["*", "/", "//", "%"]) { try $0.power() }
  }

  /// Left to right, unlike Python's own `**`.
  private mutating func power() throws -> Expression {
    try chain(["**"]) { try $0.unary() }
  }

  private mutating func chain(
    _ symbols: [String], _ operand: (inout ExpressionParser) throws -> Expression
  ) throws -> Expression {
    var left = try operand(&self)
    while case .symbol(let symbol) = tokens.current.kind, symbols.contains(symbol),
      let operation = BinaryOperator(rawValue: symbol)
    {
      let position = tokens.position
      tokens.advance()
      left = .binary(operation, left, try operand(&self), position)
    }
    return left
  }

  /// A sign binds more tightly than filters: `-1|abs` is `(-1)|abs`.
  private mutating func unary(withFilters: Bool = true) throws -> Expression {
    let position = tokens.position
    var value: Expression
    if tokens.skip(symbol: "-") {
      try tokens.enter()
      defer { tokens.leave() }
      value = .unary(.minus, try unary(withFilters: false), position)
    } else if tokens.skip(symbol: "+") {
      try tokens.enter()
      defer { tokens.leave() }
      value = .unary(.plus, try unary(withFilters: false), position)
    } else {
      value = try primary()
    }
    value = try postfixed(value)
    return withFilters ? try filtered(value) : value
  }

  // MARK: Primaries

  mutating func primary() throws -> Expression {
    let token = tokens.current
    switch token.kind {
    case .name(let name):
      tokens.advance()
      switch name {
      case "true", "True": return .literal(.boolean(true))
      case "false", "False": return .literal(.boolean(false))
      case "none", "None": return .literal(.none)
      default:
        namesRead.insert(name)
        return .name(name, token.position)
      }
    case .string(var text):
      tokens.advance()
      while case .string(let more) = tokens.current.kind {
        text += more
        tokens.advance()
      }
      return .literal(.string(text))
    case .integer(let value):
      tokens.advance()
      return .literal(JinjaValue(value))
    case .float(let value):
      tokens.advance()
      return .literal(.float(value))
    case .symbol("("):
      tokens.advance()
      let value = try tuple(explicit: true)
      try tokens.expect(symbol: ")")
      return value
    case .symbol("["): return .list(try elements("[", "]"))
    case .symbol("{"): return .dictionary(try pairs())
    default:
      throw JinjaError(.syntax, "unexpected \(token.description)", at: token.position)
    }
  }

  private mutating func elements(_ open: String, _ close: String) throws -> [Expression] {
    try tokens.expect(symbol: open)
    var elements: [Expression] = []
    while !tokens.isSymbol(close) {
      if !elements.isEmpty { try tokens.expect(symbol: ",") }
      if tokens.isSymbol(close) { break }
      elements.append(try expression())
    }
    try tokens.expect(symbol: close)
    return elements
  }

  private mutating func pairs() throws -> [(Expression, Expression)] {
    try tokens.expect(symbol: "{")
    var pairs: [(Expression, Expression)] = []
    while !tokens.isSymbol("}") {
      if !pairs.isEmpty { try tokens.expect(symbol: ",") }
      if tokens.isSymbol("}") { break }
      let key = try expression()
      try tokens.expect(symbol: ":")
      pairs.append((key, try expression()))
    }
    try tokens.expect(symbol: "}")
    return pairs
  }

  /// One expression, or several with commas between them, which are a tuple.
  ///
  /// - Parameters:
  ///   - explicit: In parentheses, where nothing at all is the empty tuple.
  ///   - stop: Names that end it.
  mutating func tuple(
    explicit: Bool = false, withConditional: Bool = true, stop: [String] = []
  ) throws -> Expression {
    var elements: [Expression] = []
    var isTuple = false
    while true {
      if !elements.isEmpty { try tokens.expect(symbol: ",") }
      if endsTuple(stop) { break }
      elements.append(try expression(withConditional: withConditional))
      guard tokens.isSymbol(",") else { break }
      isTuple = true
    }
    if !isTuple, let only = elements.first { return only }
    guard isTuple || explicit else {
      throw JinjaError(
        .syntax, "expected an expression, found \(tokens.current.description)", at: tokens.position)
    }
    return .tuple(elements)
  }

  private func endsTuple(_ stop: [String]) -> Bool {
    switch tokens.current.kind {
    case .printEnd, .tagEnd, .symbol(")"): true
    case .name(let name): stop.contains(name)
    default: false
    }
  }

  // MARK: Postfixes

  mutating func postfixed(_ value: Expression) throws -> Expression {
    var value = value
    while case .symbol(let symbol) = tokens.current.kind {
      switch symbol {
      case ".", "[": value = try subscripted(value)
      case "(":
        let position = tokens.position
        value = .call(value, try arguments(), position)
      default: return value
      }
    }
    return value
  }

  private mutating func subscripted(_ value: Expression) throws -> Expression {
    let position = tokens.position
    if tokens.skip(symbol: ".") {
      let token = tokens.current
      tokens.advance()
      switch token.kind {
      case .name(let name): return .attribute(value, name, position)
      case .integer(let index): return .item(value, .literal(JinjaValue(index)), position)
      default:
        throw JinjaError(
          .syntax, "expected a name or a number behind '.', found \(token.description)",
          at: token.position)
      }
    }
    try tokens.expect(symbol: "[")
    if tokens.skip(symbol: "]") { return .item(value, .tuple([]), position) }
    let first = try subscriptElement(of: value, position)
    guard tokens.isSymbol(",") else {
      try tokens.expect(symbol: "]")
      return first
    }
    guard case .item(_, let key, _) = first else {
      throw JinjaError(.unsupported, "slices beside other keys are not read here", at: position)
    }
    var keys = [key]
    while tokens.skip(symbol: ",") {
      if tokens.isSymbol("]") { break }
      keys.append(try expression())
    }
    try tokens.expect(symbol: "]")
    return .item(value, .tuple(keys), position)
  }

  private mutating func subscriptElement(
    of value: Expression, _ position: SourcePosition
  ) throws -> Expression {
    var parts: [Expression?] = [nil]
    while !tokens.isSymbol("]"), !tokens.isSymbol(",") {
      if tokens.skip(symbol: ":") {
        guard parts.count < 3 else {
          throw JinjaError(.syntax, "a slice has at most three parts", at: tokens.position)
        }
        parts.append(nil)
      } else {
        guard parts[parts.count - 1] == nil else { break }
        parts[parts.count - 1] = try expression()
      }
    }
    if parts.count == 1 {
      guard let key = parts[0] else {
        throw JinjaError(.syntax, "expected an item's key", at: tokens.position)
      }
      return .item(value, key, position)
    }
    return .slice(
      value, from: parts[0], to: parts[1], step: parts.count > 2 ? parts[2] : nil, position)
  }

  /// Filters, tests and calls of what these give.
  private mutating func filtered(_ value: Expression) throws -> Expression {
    var value = value
    while true {
      if tokens.isSymbol("|") {
        tokens.advance()
        value = .filter(value, try filterCall())
      } else if tokens.isName("is") {
        tokens.advance()
        value = .test(value, try testCall())
      } else if tokens.isSymbol("(") {
        let position = tokens.position
        value = .call(value, try arguments(), position)
      } else {
        return value
      }
    }
  }

  /// A filter's name and arguments, behind its `|`.
  mutating func filterCall() throws -> FilterCall {
    let position = tokens.position
    let name = try dottedName()
    if Filters.named[name] == nil { unknownNames.append(Filters.unknown(name, at: position)) }
    let arguments = tokens.isSymbol("(") ? try arguments() : CallArguments()
    return FilterCall(name: name, arguments: arguments, position: position)
  }

  private mutating func testCall() throws -> TestCall {
    let isNegated = tokens.skip(name: "not")
    let position = tokens.position
    let name = try dottedName()
    if Tests.named[name] == nil { unknownNames.append(Tests.unknown(name, at: position)) }
    var arguments = CallArguments()
    if tokens.isSymbol("(") {
      arguments = try self.arguments()
    } else if beginsTestArgument {
      if tokens.isName("is") {
        throw JinjaError(.syntax, "tests cannot be chained with 'is'", at: tokens.position)
      }
      let operand = try primary()
      arguments.positional = [try postfixed(operand)]
    }
    return TestCall(name: name, arguments: arguments, isNegated: isNegated, position: position)
  }

  /// `divisibleby 3` takes an argument without parentheses.
  private var beginsTestArgument: Bool {
    switch tokens.current.kind {
    case .name(let name): !["else", "or", "and"].contains(name)
    case .string, .integer, .float, .symbol("("), .symbol("["), .symbol("{"): true
    default: false
    }
  }

  private mutating func dottedName() throws -> String {
    var name = try tokens.expectName()
    while tokens.skip(symbol: ".") { name += "." + (try tokens.expectName()) }
    return name
  }

  mutating func arguments() throws -> CallArguments {
    try tokens.expect(symbol: "(")
    var arguments = CallArguments()
    var isFirst = true
    while !tokens.isSymbol(")") {
      if !isFirst { try tokens.expect(symbol: ",") }
      isFirst = false
      if tokens.isSymbol(")") { break }
      try argument(into: &arguments)
    }
    try tokens.expect(symbol: ")")
    return arguments
  }

  private mutating func argument(into arguments: inout CallArguments) throws {
    let position = tokens.position
    let isOrdered: Bool
    if tokens.skip(symbol: "*") {
      isOrdered = arguments.list == nil && arguments.dictionary == nil
      arguments.list = try expression()
    } else if tokens.skip(symbol: "**") {
      isOrdered = arguments.dictionary == nil
      arguments.dictionary = try expression()
    } else if case .name(let name) = tokens.current.kind, tokens.isSymbolNext("=") {
      tokens.advance()
      tokens.advance()
      isOrdered = arguments.dictionary == nil
      arguments.named.append((name, try expression()))
    } else {
      isOrdered =
        arguments.list == nil && arguments.dictionary == nil && arguments.named.isEmpty
      arguments.positional.append(try expression())
    }
    guard isOrdered else {
      throw JinjaError(.syntax, "the arguments of a call are in a wrong order", at: position)
    }
  }
}
