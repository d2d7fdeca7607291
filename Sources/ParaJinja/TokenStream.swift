/// The tokens of a template on their way into the parser.
struct TokenStream {
  private let tokens: [Token]
  private var index = 0
  private var depth = 0

  /// Deeper nesting would exhaust a thread's stack.
  private static let maximumDepth = 100

  init(_ tokens: [Token]) { self.tokens = tokens }

  /// The last token is the end, which is never passed.
  var current: Token { tokens[index] }
  var position: SourcePosition { current.position }
  private var next: Token { tokens[min(index + 1, tokens.count - 1)] }

  mutating func advance() { index = min(index + 1, tokens.count - 1) }

  /// Notes one level of nesting more; `leave` takes it back.
  mutating func enter() throws {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw JinjaError(
        .limit, "the template nests deeper than \(Self.maximumDepth) levels", at: position)
    }
  }

  mutating func leave() { depth -= 1 }

  func isName(_ name: String) -> Bool { current.kind == .name(name) }
  func isNameNext(_ name: String) -> Bool { next.kind == .name(name) }
  func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }
  func isSymbolNext(_ symbol: String) -> Bool { next.kind == .symbol(symbol) }

  mutating func skip(name: String) -> Bool {
    guard isName(name) else { return false }
    advance()
    return true
  }

  mutating func skip(symbol: String) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func expect(symbol: String) throws {
    guard skip(symbol: symbol) else {
      throw JinjaError(
        .syntax, "expected '\(symbol)', found \(current.description)", at: position)
    }
  }

  mutating func expectName() throws -> String {
    guard case .name(let name) = current.kind else {
      throw JinjaError(.syntax, "expected a name, found \(current.description)", at: position)
    }
    advance()
    return name
  }

  mutating func expectTagEnd() throws {
    guard current.kind == .tagEnd else {
      throw JinjaError(.syntax, "expected '%}', found \(current.description)", at: position)
    }
    advance()
  }
}
