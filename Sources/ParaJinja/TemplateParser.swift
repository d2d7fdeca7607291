/// Parses a template's statements.
struct TemplateParser {
  private var expressions: ExpressionParser
  private let options: JinjaOptions
  private var loopDepth = 0

  static func parse(_ template: String, _ options: JinjaOptions) throws -> [Statement] {
    let tokens = TokenStream(try Lexer.tokens(of: template, options))
    var parser = TemplateParser(expressions: ExpressionParser(tokens), options: options)
    let body = try parser.body(until: [])
    let unknown = parser.expressions.unknownNames + parser.expressions.lastingUnknownNames
    if let first = unknown.first { throw first }
    return body
  }

  private init(expressions: ExpressionParser, options: JinjaOptions) {
    self.expressions = expressions
    self.options = options
  }

  private var tokens: TokenStream {
    get { expressions.tokens }
    set { expressions.tokens = newValue }
  }

  /// Statements up to a tag of one of these names, whose name is then the next token; with none, to the
  /// template's end.
  private mutating func body(until ends: [String]) throws -> [Statement] {
    try expressions.tokens.enter()
    defer { expressions.tokens.leave() }
    var statements: [Statement] = []
    while true {
      let position = tokens.position
      switch tokens.current.kind {
      case .text(let text):
        statements.append(.text(text))
        expressions.tokens.advance()
      case .printBegin:
        expressions.tokens.advance()
        statements.append(.print(try expressions.tuple(), position))
        guard tokens.current.kind == .printEnd else {
          throw JinjaError(
            .syntax, "expected '}}', found \(tokens.current.description)", at: tokens.position)
        }
        expressions.tokens.advance()
      case .tagBegin:
        expressions.tokens.advance()
        if case .name(let name) = tokens.current.kind, ends.contains(name) { return statements }
        statements.append(try statement(ends))
      default:
        guard ends.isEmpty else {
          throw JinjaError(
            .syntax, "the template ends where '{% \(ends[ends.count - 1]) %}' is expected",
            at: position)
        }
        return statements
      }
    }
  }

  private static let unsupported = [
    "include", "import", "from", "extends", "autoescape", "do", "trans", "debug",
  ]

  private mutating func statement(_ ends: [String]) throws -> Statement {
    let position = tokens.position
    let name = try expressions.tokens.expectName()
    switch name {
    case "if": return try branches()
    case "for": return try loop(position)
    case "set": return try set(position)
    case "macro": return try macro()
    case "call": return try callBlock(position)
    case "filter": return try filterBlock()
    case "with": return try with()
    case "block": return try block()
    case "generation" where options.allowsGenerationTag:
      try expressions.tokens.expectTagEnd()
      return .scope(try closedBody("endgeneration"))
    case "break" where options.allowsLoopControls, "continue" where options.allowsLoopControls:
      guard loopDepth > 0 else {
        throw JinjaError(.syntax, "'\(name)' stands outside a loop", at: position)
      }
      try expressions.tokens.expectTagEnd()
      return name == "break" ? .breakLoop : .continueLoop
    case _ where Self.unsupported.contains(name):
      throw JinjaError(.unsupported, "the tag '\(name)' is not honoured here", at: position)
    default:
      let expected = ends.isEmpty ? "" : "; expected \(ends.joined(separator: " or "))"
      throw JinjaError(.syntax, "there is no tag '\(name)'\(expected)", at: position)
    }
  }

  /// The statements up to a closing tag, which is passed.
  private mutating func closedBody(_ end: String) throws -> [Statement] {
    let known = expressions.unknownNames.count
    let statements = try body(until: [end])
    expressions.keepUnknownNames(after: known)
    expressions.tokens.advance()
    try expressions.tokens.expectTagEnd()
    return statements
  }

  // MARK: Branches and loops

  private mutating func branches() throws -> Statement {
    let known = expressions.unknownNames.count
    defer { expressions.forgetUnknownNames(after: known) }
    var branches: [(condition: Expression, body: [Statement])] = []
    var otherwise: [Statement] = []
    while true {
      let condition = try expressions.tuple(withConditional: false)
      try expressions.tokens.expectTagEnd()
      branches.append((condition, try body(until: ["elif", "else", "endif"])))
      if expressions.tokens.skip(name: "elif") { continue }
      if expressions.tokens.skip(name: "else") {
        try expressions.tokens.expectTagEnd()
        otherwise = try body(until: ["endif"])
      }
      expressions.tokens.advance()
      try expressions.tokens.expectTagEnd()
      return .branches(branches, else: otherwise)
    }
  }

  private mutating func loop(_ position: SourcePosition) throws -> Statement {
    let target = try target(stop: ["in"])
    guard expressions.tokens.skip(name: "in") else {
      throw JinjaError(
        .syntax, "expected 'in', found \(tokens.current.description)", at: tokens.position)
    }
    let iterable = try expressions.tuple(withConditional: false, stop: ["recursive"])
    let condition = expressions.tokens.skip(name: "if") ? try expressions.expression() : nil
    let isRecursive = expressions.tokens.skip(name: "recursive")
    try expressions.tokens.expectTagEnd()
    loopDepth += 1
    let known = expressions.unknownNames.count
    let statements = try body(until: ["endfor", "else"])
    expressions.keepUnknownNames(after: known)
    loopDepth -= 1
    var otherwise: [Statement] = []
    if expressions.tokens.skip(name: "else") {
      try expressions.tokens.expectTagEnd()
      otherwise = try body(until: ["endfor"])
    }
    expressions.tokens.advance()
    try expressions.tokens.expectTagEnd()
    return .loop(
      Loop(
        target: target, iterable: iterable, condition: condition, body: statements,
        otherwise: otherwise, isRecursive: isRecursive, position: position))
  }

  // MARK: Assignments

  private mutating func set(_ position: SourcePosition) throws -> Statement {
    let target = try target(stop: [], withAttributes: true)
    if expressions.tokens.skip(symbol: "=") {
      let value = try expressions.tuple()
      try expressions.tokens.expectTagEnd()
      return .set(target, value, position)
    }
    let filters = try filterChain()
    try expressions.tokens.expectTagEnd()
    return .setBlock(target, filters, try closedBody("endset"), position)
  }

  private mutating func filterChain() throws -> FilterChain {
    var filters: FilterChain = []
    while expressions.tokens.skip(symbol: "|") { filters.append(try expressions.filterCall()) }
    return filters
  }

  private mutating func target(
    stop: [String], withAttributes: Bool = false
  ) throws -> AssignmentTarget {
    var elements: [AssignmentTarget] = []
    var isTuple = false
    while true {
      if !elements.isEmpty, endsTarget(stop) { break }
      elements.append(try targetElement(withAttributes))
      guard expressions.tokens.skip(symbol: ",") else { break }
      isTuple = true
    }
    return isTuple ? .tuple(elements) : elements[0]
  }

  private func endsTarget(_ stop: [String]) -> Bool {
    switch tokens.current.kind {
    case .name(let name): stop.contains(name)
    case .tagEnd, .symbol("="), .symbol(")"): true
    default: false
    }
  }

  private mutating func targetElement(_ withAttributes: Bool) throws -> AssignmentTarget {
    let position = tokens.position
    if expressions.tokens.skip(symbol: "(") {
      let inner = try target(stop: [], withAttributes: withAttributes)
      try expressions.tokens.expect(symbol: ")")
      return inner
    }
    let name = try expressions.tokens.expectName()
    guard !["true", "false", "none", "True", "False", "None"].contains(name) else {
      throw JinjaError(.syntax, "'\(name)' cannot be assigned to", at: position)
    }
    if withAttributes, expressions.tokens.skip(symbol: ".") {
      return .attribute(name, try expressions.tokens.expectName(), position)
    }
    return .name(name)
  }

  // MARK: Macros and blocks

  private mutating func macro() throws -> Statement {
    let name = try expressions.tokens.expectName()
    let parameters = try parameters()
    try expressions.tokens.expectTagEnd()
    return .macro(try definition(name, parameters, "endmacro"))
  }

  private mutating func parameters() throws -> [(name: String, fallback: Expression?)] {
    try expressions.tokens.expect(symbol: "(")
    var parameters: [(name: String, fallback: Expression?)] = []
    while !tokens.isSymbol(")") {
      if !parameters.isEmpty { try expressions.tokens.expect(symbol: ",") }
      let position = tokens.position
      let name = try expressions.tokens.expectName()
      if expressions.tokens.skip(symbol: "=") {
        parameters.append((name, try expressions.expression()))
      } else {
        guard parameters.allSatisfy({ $0.fallback == nil }) else {
          throw JinjaError(
            .syntax, "a parameter without a default follows one with", at: position)
        }
        parameters.append((name, nil))
      }
    }
    try expressions.tokens.expect(symbol: ")")
    return parameters
  }

  private mutating func definition(
    _ name: String, _ parameters: [(name: String, fallback: Expression?)], _ end: String
  ) throws -> MacroDefinition {
    let (before, loops) = (expressions.namesRead, loopDepth)
    expressions.namesRead = []
    loopDepth = 0
    let statements = try closedBody(end)
    let reads = expressions.namesRead
    expressions.namesRead = before.union(reads)
    loopDepth = loops
    return MacroDefinition(name: name, parameters: parameters, body: statements, reads: reads)
  }

  private mutating func callBlock(_ position: SourcePosition) throws -> Statement {
    let parameters = tokens.isSymbol("(") ? try parameters() : []
    let call = try expressions.expression()
    guard case .call = call else {
      throw JinjaError(.syntax, "expected a call", at: position)
    }
    try expressions.tokens.expectTagEnd()
    var caller = try definition("caller", parameters, "endcall")
    caller.isAnonymous = true
    return .callBlock(call, caller, position)
  }

  private mutating func filterBlock() throws -> Statement {
    var filters = [try expressions.filterCall()]
    filters += try filterChain()
    try expressions.tokens.expectTagEnd()
    return .filterBlock(filters, try closedBody("endfilter"))
  }

  private mutating func with() throws -> Statement {
    var assignments: [(AssignmentTarget, Expression)] = []
    while tokens.current.kind != .tagEnd {
      if !assignments.isEmpty { try expressions.tokens.expect(symbol: ",") }
      let target = try targetElement(false)
      try expressions.tokens.expect(symbol: "=")
      assignments.append((target, try expressions.expression()))
    }
    try expressions.tokens.expectTagEnd()
    return .with(assignments, try closedBody("endwith"))
  }

  private mutating func block() throws -> Statement {
    let name = try expressions.tokens.expectName()
    _ = expressions.tokens.skip(name: "scoped")
    try expressions.tokens.expectTagEnd()
    let statements = try body(until: ["endblock"])
    expressions.tokens.advance()
    _ = expressions.tokens.skip(name: name)
    try expressions.tokens.expectTagEnd()
    return .scope(statements)
  }
}
