/// An expression of a template, as parsed.
indirect enum Expression {
  case literal(JinjaValue)
  case name(String, SourcePosition)
  case list([Expression])
  case tuple([Expression])
  case dictionary([(Expression, Expression)])
  /// `value.name`: attributes before items.
  case attribute(Expression, String, SourcePosition)
  /// `value[key]`: items before attributes.
  case item(Expression, Expression, SourcePosition)
  case slice(Expression, from: Expression?, to: Expression?, step: Expression?, SourcePosition)
  case call(Expression, CallArguments, SourcePosition)
  case filter(Expression?, FilterCall)
  case test(Expression, TestCall)
  case unary(UnaryOperator, Expression, SourcePosition)
  case binary(BinaryOperator, Expression, Expression, SourcePosition)
  case compare(Expression, [(Comparison, Expression)], SourcePosition)
  case concatenate([Expression])
  case and(Expression, Expression)
  case or(Expression, Expression)
  /// `a if condition else b`; without `else` undefined.
  case conditional(Expression, if: Expression, else: Expression?)
}

enum UnaryOperator: String { case not, minus = "-", plus = "+" }

enum BinaryOperator: String {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case power = "**"
}

enum Comparison: String {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contained = "in"
  case notContained = "not in"
}

/// The arguments of a call as written.
struct CallArguments {
  var positional: [Expression] = []
  var named: [(String, Expression)] = []
  /// `*rest`
  var list: Expression?
  /// `**rest`
  var dictionary: Expression?
}

struct FilterCall {
  let name: String
  let arguments: CallArguments
  let position: SourcePosition
}

struct TestCall {
  let name: String
  let arguments: CallArguments
  let isNegated: Bool
  let position: SourcePosition
}

/// What a `for` or a `set` assigns to.
indirect enum AssignmentTarget {
  case name(String)
  case tuple([AssignmentTarget])
  /// `namespace.attribute`
  case attribute(String, String, SourcePosition)
}

/// A statement of a template, as parsed.
indirect enum Statement {
  case text(String)
  case print(Expression, SourcePosition)
  case branches([(condition: Expression, body: [Statement])], else: [Statement])
  case loop(Loop)
  case set(AssignmentTarget, Expression, SourcePosition)
  case setBlock(AssignmentTarget, FilterChain, [Statement], SourcePosition)
  case macro(MacroDefinition)
  case callBlock(Expression, MacroDefinition, SourcePosition)
  case filterBlock(FilterChain, [Statement])
  case with([(AssignmentTarget, Expression)], [Statement])
  /// A body in a scope of its own: `block` and `generation`.
  case scope([Statement])
  case breakLoop
  case continueLoop
}

/// Filters one behind another, the value to come.
typealias FilterChain = [FilterCall]

struct Loop {
  let target: AssignmentTarget
  let iterable: Expression
  let condition: Expression?
  let body: [Statement]
  let otherwise: [Statement]
  let isRecursive: Bool
  let position: SourcePosition
}

struct MacroDefinition {
  let name: String
  /// The body of a `call` block.
  var isAnonymous = false
  let parameters: [(name: String, fallback: Expression?)]
  let body: [Statement]
  /// Whether the body reads `varargs`, `kwargs` or `caller`: others are refused as unknown arguments.
  let reads: Set<String>
}
